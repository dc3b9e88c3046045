import type { TracingConfig } from '@planscope/config';
import { isNotInstalled, requireInstalled } from '@planscope/internal/installed-package';
import { BootstrapError } from '../bootstrap-error.ts';
import { fromSpanExporter, type SpanExporter } from '../exporter/from-span-exporter.ts';
import type { RemoteExporter } from '../exporter/trace-exporter.ts';

/** What is used of `@planscope/query-log`, which is above this package. */
interface QueryLogPackage {
  readonly QueryLogExporter: new (
    options: TracingConfig['queryLog'] & { readonly warn: (message: string) => void },
  ) => QueryLog;
  readonly QueryLogError: { isInstance(error: unknown): error is Error };
}

interface QueryLog extends SpanExporter {
  /** Absolute path of the folder or database. */
  readonly place: string;
  forceFlush(): Promise<void>;
}

/**
 * The log of queries as a destination of the pipeline. It takes spans at once and writes their rows later, so that its
 * spans are never confirmed; it counts its rows itself.
 *
 * @param warn called with the first failure of writing, and at the end with the number of rows that were lost
 * @throws BootstrapError if its package is not installed, or if it cannot write where it should
 */
export function createQueryLogExporter(config: TracingConfig, warn: (message: string) => void): RemoteExporter {
  const { QueryLogExporter, QueryLogError } = load();
  const say = (message: string): void => warn(`exporter query-log: ${message}`);
  try {
    const log = new QueryLogExporter({ ...config.queryLog, warn: say });
    const settings = { name: 'query-log', batchMillis: config.exportPolicy.exportTimeoutMillis };
    return {
      ...fromSpanExporter(log, settings, say),
      destination: log.place,
      // The log has said why.
      flush: () =>
        log.forceFlush().then(
          () => true,
          () => false,
        ),
    };
  } catch (cause) {
    if (!QueryLogError.isInstance(cause)) throw cause;
    throw new BootstrapError('unwritable-file', `queryLog.${cause.message.replace(/^\[.*?\] /, '')}`, { cause });
  }
}

const PACKAGE = '@planscope/query-log';

/** @throws BootstrapError if it is not installed */
function load(): QueryLogPackage {
  try {
    return requireInstalled(PACKAGE) as QueryLogPackage;
  } catch (cause) {
    if (!isNotInstalled(cause, PACKAGE)) throw cause;
    const text = `exporters: "query-log" needs a package that is not installed; npm install ${PACKAGE} @duckdb/node-api`;
    throw new BootstrapError('missing-package', text, { cause });
  }
}
