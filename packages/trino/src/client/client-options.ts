import { TrinoClientError } from './trino-client-error.ts';

/** Credentials. They are sent to the server alone, by TLS or within this machine. */
export type TrinoAuthentication =
  | { readonly username: string; readonly password: string }
  /** A JSON Web Token, or a function that returns the current one; it is called for each request. */
  | { readonly token: string | (() => string | Promise<string>) };

/** What applies to a query: of a client to all of its queries, of a call to one. */
export interface TrinoSessionOptions {
  /** Catalog of the names of tables without one. */
  readonly catalog?: string;
  /** Schema of the names of tables without one. */
  readonly schema?: string;
  /** Session properties, for example `{ query_max_run_time: '10m', 'hive.insert_existing_partitions_behavior': 'APPEND' }`. */
  readonly session?: Readonly<Record<string, string | number | boolean>>;
  /** What sent the query, by which resource groups select it. Default: `planscope`. */
  readonly source?: string;
  /** Tags by which resource groups select the query. */
  readonly clientTags?: readonly string[];
  /** Time zone of the session, for example `Europe/Berlin`. Default: that of the server. */
  readonly timeZone?: string;
}

/** How a cluster is reached. */
export interface TrinoClientOptions extends TrinoSessionOptions {
  /** URL of the coordinator, for example `https://trino.example:8443`. */
  readonly server: string;
  /** User of the session. Default: the name of basic authentication, and with a token the user that the server finds in it. */
  readonly user?: string;
  /** Default: none. With credentials, `server` must be an https URL or on loopback. */
  readonly auth?: TrinoAuthentication;
  /** More headers for each request, for example `X-Trino-Role`. They are sent as they are, without TLS, too. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the requests, for example with the authorities of your own TLS. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * For how long a request is repeated while the server does not answer or answers with 429, 502, 503 or 504, in
   * milliseconds. Default: 60,000. A statement is not sent again unless the server has refused it with such a status.
   */
  readonly retryFor?: number;
  /** Longest time for one request, in milliseconds. Default: 30,000; Trino answers within seconds, also during a query. */
  readonly requestTimeout?: number;
}

/** Options of one query. */
export interface TrinoQueryOptions extends TrinoSessionOptions {
  /** A value for each `?` of the SQL. They are sent as literals of their types and not written into the SQL. */
  readonly parameters?: readonly unknown[];
  /** Cancels the query in the cluster; what waits for it then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Checks what would only fail with the first query, or send credentials in the clear. */
export function checkClientOptions({
  server,
  user,
  auth,
  headers,
  retryFor,
  requestTimeout,
  ...session
}: TrinoClientOptions): void {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(
      `server: "${withoutCredentials(server)}" is not an http or https URL; pass for example "https://trino.example:8443"`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('server: must have no user or password; pass them as auth: { username, password }');
  }
  if (auth !== undefined && url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw invalid(`auth: credentials need TLS, but server is "${url.origin}"; pass an https URL`);
  }
  if (user === undefined && auth === undefined)
    throw invalid('user: is missing; pass the user of the session, or auth');
  for (const [name, value] of Object.entries({ retryFor, requestTimeout })) {
    if (value !== undefined && !(value >= 0)) throw invalid(`${name}: ${value} is not a number of milliseconds`);
  }
  const sent = { user, ...headers };
  for (const [name, value] of Object.entries(sent)) checkHeader(name, value);
  checkSessionOptions(session);
}

/** @throws TrinoClientError `invalid-option` */
export function checkSessionOptions(options: TrinoSessionOptions): void {
  const { catalog, schema, source, timeZone, clientTags = [], session = {} } = options;
  for (const [name, value] of Object.entries({ catalog, schema, source, timeZone })) checkHeader(name, value);
  for (const tag of clientTags) {
    if (/[,\s]/.test(tag)) throw invalid(`clientTags: "${tag}" has a comma or white space`);
    checkHeader('clientTags', tag);
  }
  for (const name of Object.keys(session)) {
    if (!/^\w+(\.\w+)?$/.test(name)) {
      throw invalid(`session: "${name}" is not the name of a property; use "name" or "catalog.name"`);
    }
  }
}

function checkHeader(name: string, value: string | undefined): void {
  if (value !== undefined && !/^[\x20-\x7e]*$/.test(value)) {
    throw invalid(`${name}: has characters that a header cannot have; use printable ASCII`);
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//');
}

function invalid(text: string): TrinoClientError {
  return new TrinoClientError('invalid-option', text);
}
