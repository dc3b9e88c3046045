import type { ReportRecorder } from '@planscope/plan';
import type { SqlDialect } from '@planscope/redaction';
import type { TrinoSession } from '@planscope/trino';
import type { BackendRun, EngineBackend, ReportOptions, RunToPrepare } from '../backend/engine-backend.ts';
import { EngineError } from '../run/engine-error.ts';
import type { EngineOptions } from '../run/engine-options.ts';
import { loadTrino, type TrinoPackage } from './load-trino.ts';
import type { TrinoOptions } from './trino-options.ts';
import { TrinoRun } from './trino-run.ts';

/** Time from the last answer for a report until it is drawn, in milliseconds. */
const READING_TIME = 1_000;

/** A Trino cluster. Nothing is created in its catalogs but the tables of outputs. */
export class TrinoBackend implements EngineBackend {
  readonly name = 'trino';
  readonly dialect: SqlDialect;
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly #trino: TrinoPackage;
  readonly #session: TrinoSession;
  readonly #options: TrinoOptions;

  private constructor(trino: TrinoPackage, session: TrinoSession, options: TrinoOptions, version: string) {
    this.#trino = trino;
    this.#session = session;
    this.#options = options;
    this.version = version;
    this.dialect = trino.trinoDialect;
    this.settings = settingsOf(session.server, options);
  }

  /**
   * @throws EngineError `invalid-option` without options of the cluster, `missing-package` without `@planscope/trino`
   * @throws TrinoClientError if the cluster cannot be reached or an option is invalid
   */
  static async open({ trino: options }: EngineOptions): Promise<TrinoBackend> {
    if (options === undefined) {
      const text =
        'trino: is missing; say which cluster, for example trino: { server: "https://trino.example", user: "etl" }';
      throw new EngineError('invalid-option', text);
    }
    const trino = await loadTrino();
    const session = new trino.TrinoSession(options);
    return new TrinoBackend(trino, session, options, await session.version());
  }

  prepare(run: RunToPrepare): BackendRun {
    return new TrinoRun({ trino: this.#trino, session: this.#session, options: this.#options }, run);
  }

  /** Trino reports sums of what it read, without single reads, so there are no spans for these. */
  reportRecorders({ planning, operators }: ReportOptions): ReportRecorder[] {
    const { tracerProvider } = operators;
    return this.#trino.trinoReportRecorders({
      planning,
      operators,
      ...(tracerProvider === undefined ? {} : { tracerProvider }),
    });
  }

  outcomeWait(): number {
    return this.#session.reportTimeout + READING_TIME;
  }

  async close(): Promise<void> {
    // A cluster has no connections that stay open.
  }
}

/** Without credentials, headers and what only says who asks. */
function settingsOf(server: URL, { catalog, schema, timeZone, session = {} }: TrinoOptions): Record<string, string> {
  const properties = Object.entries(session).map(([name, value]) => [`session.${name}`, String(value)] as const);
  const named = Object.entries({ catalog, schema, timeZone }).filter(([, value]) => value !== undefined);
  return {
    server: server.origin,
    ...(Object.fromEntries(named) as Record<string, string>),
    ...Object.fromEntries(properties),
  };
}
