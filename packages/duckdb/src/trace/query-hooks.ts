import type { DuckDBConnection } from '@duckdb/node-api';
import type { Span } from '@opentelemetry/api';
import type { ExecutionStatus } from '@planscope/plan';

/** What `requestHook` gets. */
export interface QueryRequest {
  /** The text as the program passed it, with its literals. */
  readonly sql: string;
  /** The driver's connection. Do not run statements on it in the hook. */
  readonly connection: DuckDBConnection;
}

/** What `responseHook` gets. */
export interface QueryResponse {
  readonly status: ExecutionStatus;
  /** Rows that the program received; undefined if they are not counted. */
  readonly rows: number | undefined;
  /** The error of the driver. */
  readonly error?: unknown;
}

/** Functions of the program that add to the span of a query. If one throws, a warning is raised and the query goes on. */
export interface QueryHooks {
  /** Called when the span has started and the query is sent. */
  readonly requestHook?: (span: Span, request: QueryRequest) => void;
  /** Called when the query is over, before the span ends; for a stream, when its last row was fetched. */
  readonly responseHook?: (span: Span, response: QueryResponse) => void;
}
