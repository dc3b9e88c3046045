import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { EngineReport, RunWarning } from '@planscope/plan/report';
import type { Schema } from 'apache-arrow';
import type { TrinoClientOptions, TrinoQueryOptions } from '../client/client-options.ts';
import type { TrinoColumn } from '../client/column-type.ts';
import { sqlLiteral } from '../client/sql-literal.ts';
import { observedClient, type TrinoClient } from '../client/trino-client.ts';
import type { TrinoResult } from '../client/trino-result.ts';
import { readReport } from '../report/read-report.ts';
import type { TrinoOutcome } from '../report/to-engine-report.ts';
import { fetchReport } from '../trace/fetch-report.ts';
import { ObservedQuery } from '../trace/observed-query.ts';
import { traceHeaders, untraced } from '../trace/trace-context.ts';
import { reportMissing, reportNotFinal } from '../trace/trace-warnings.ts';

/** How a session reaches its cluster, and how long it waits for reports. */
export interface TrinoSessionSettings extends TrinoClientOptions {
  /**
   * For how long the report of a query is asked for until its numbers are final, in milliseconds. Default: 10,000. After
   * that, the report is what is there, and partial.
   */
  readonly reportTimeout?: number;
}

/** Options of one query of a session. */
export interface SessionQueryOptions extends Pick<TrinoQueryOptions, 'parameters' | 'session' | 'signal'> {
  /** Trino's own spans come below its span. */
  readonly otelContext?: Context;
}

/** The columns of a query. */
export interface TrinoDescription {
  readonly schema: Schema;
  readonly columns: readonly TrinoColumn[];
}

/** The report of a query, and what is to be said of it. */
export interface SessionReport {
  /** Undefined if it could not be had. */
  readonly report?: EngineReport;
  readonly warnings: readonly RunWarning[];
}

const DEFAULT_REPORT_TIMEOUT = 10_000;
const GONE_TIMEOUT = 1_000;

/** A cluster as the nodes of plans use it. Its queries have no spans of their own; they report what Trino measured. */
export class TrinoSession {
  /** In milliseconds. */
  readonly reportTimeout: number;
  readonly #client: TrinoClient;

  /** @throws TrinoClientError `invalid-option` */
  constructor({ reportTimeout = DEFAULT_REPORT_TIMEOUT, ...options }: TrinoSessionSettings) {
    this.reportTimeout = reportTimeout;
    const { fetch: send = fetch } = options;
    const client = observedClient({ ...options, fetch: untraced(send) }, (sql, sendQuery, query) => {
      const { otelContext = ROOT_CONTEXT } = query as SessionQueryOptions;
      // Runs are measured by the metrics collector.
      const observer = new ObservedQuery({ sql, server: client.server, context: otelContext });
      return sendQuery({ observer, headers: traceHeaders(otelContext) });
    });
    this.#client = client;
  }

  /** URL of the coordinator. */
  get server(): URL {
    return this.#client.server;
  }

  /** Sends a query, and resolves when its columns are known. Throws what `query` of a client throws. */
  query(sql: string, options: SessionQueryOptions = {}): Promise<TrinoResult> {
    return this.#client.query(sql, options);
  }

  /**
   * Returns the columns of a SELECT. Trino plans it and reads no table.
   *
   * @throws TrinoQueryError for an unknown name or a wrong type
   */
  async describe(sql: string, options: SessionQueryOptions = {}): Promise<TrinoDescription> {
    // DESCRIBE OUTPUT has the types as texts, and its statement must fit into a header.
    const result = await this.query(`SELECT * FROM (\n${sql}\n) LIMIT 0`, options);
    const { columns } = result;
    for await (const _ of result.pages()) {
      // There are no rows; the last page is the end of the query.
    }
    const { arrowSchema } = await import('../arrow/record-batches.ts');
    return { schema: arrowSchema(result), columns };
  }

  /**
   * Checks a statement without running it.
   *
   * @throws TrinoQueryError
   */
  async validate(sql: string, options: SessionQueryOptions = {}): Promise<void> {
    const result = await this.query(`EXPLAIN (TYPE VALIDATE) ${sql}`, options);
    for await (const _ of result.pages()) {
      // The one row says `true`.
    }
  }

  /** Returns the version of the coordinator. */
  async version(): Promise<string> {
    const result = await this.query('SELECT version()');
    for await (const [version] of result) return String(version);
    throw new Error('[planscope/trino] the server did not say its version');
  }

  /**
   * Returns what Trino measured of a query. Never rejects.
   *
   * @param outcome how the query ended for its caller
   * @param isGone whether the server did not answer any more, so that it is not asked for long
   */
  async report(queryId: string, outcome: TrinoOutcome, isGone: boolean): Promise<SessionReport> {
    try {
      const timeout = isGone ? Math.min(GONE_TIMEOUT, this.reportTimeout) : this.reportTimeout;
      const { json, isFinal } = await fetchReport(this.#client, queryId, timeout);
      const warnings: RunWarning[] = isFinal ? [] : [reportNotFinal(queryId, timeout)];
      const { report } = await readReport(json, outcome, (warning) => warnings.push(warning));
      return { report, warnings };
    } catch (error) {
      return { warnings: [reportMissing(queryId, error)] };
    }
  }

  /**
   * Returns the literal that is sent for a parameter.
   *
   * @param place names the parameter in an error
   * @throws TrinoClientError `invalid-parameter`
   */
  literal(value: unknown, place: string): string {
    return sqlLiteral(value, place);
  }
}
