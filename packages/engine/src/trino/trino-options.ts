/** Where a run makes tables over the files of its inputs. It drops them when it ends. */
export interface TrinoFileOptions {
  /** A catalog of the connector `hive`. */
  readonly catalog: string;
  /** A schema of this catalog in which the user may create and drop tables. */
  readonly schema: string;
  /**
   * How the cluster names places that this program names otherwise: from the beginning of a URL to its beginning in the
   * cluster, both with `/` at the end, for example `{ 'az://web/': 'abfss://web@account.dfs.core.windows.net/' }`. Default: none;
   * URLs of `s3` and `gs` are the same for both.
   */
  readonly locations?: Readonly<Record<string, string>>;
}

/**
 * How the engine reaches a Trino cluster. The other fields are those of `createTrinoClient` of `@planscope/trino`, written again
 * so that the types of a program that runs on DuckDB alone do not need that package.
 */
export interface TrinoOptions {
  /** URL of the coordinator, for example `https://trino.example:8443`. */
  readonly server: string;
  /** User of the session. Default: the name of basic authentication, and with a token the user that the server finds in it. */
  readonly user?: string;
  /** Credentials, which are only sent by TLS or within this machine. A function returns the current token. Default: none. */
  readonly auth?:
    | { readonly username: string; readonly password: string }
    | { readonly token: string | (() => string | Promise<string>) };
  /** Catalog of the names of tables without one. */
  readonly catalog?: string;
  /** Schema of the names of tables without one. */
  readonly schema?: string;
  /** Session properties, for example `{ query_max_run_time: '10m' }`. */
  readonly session?: Readonly<Record<string, string | number | boolean>>;
  /** What sends the queries, by which resource groups select them. Default: `planscope`. */
  readonly source?: string;
  /** Tags by which resource groups select the queries. */
  readonly clientTags?: readonly string[];
  /** Time zone of the queries, for example `Europe/Berlin`. Default: that of the server. */
  readonly timeZone?: string;
  /** More headers for each request, for example `X-Trino-Role`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the requests, for example with the authorities of your own TLS. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** For how long a request is repeated while the server does not answer, in milliseconds. Default: 60,000. */
  readonly retryFor?: number;
  /** Longest time for one request, in milliseconds. Default: 30,000. */
  readonly requestTimeout?: number;
  /** For how long the report of a query is asked for until its numbers are final, in milliseconds. Default: 10,000. */
  readonly reportTimeout?: number;
  /** Makes Parquet files in a store possible as inputs. Default: inputs are tables. */
  readonly files?: TrinoFileOptions;
}
