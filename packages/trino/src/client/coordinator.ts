import type { TrinoClientOptions } from './client-options.ts';
import { connectionProblem } from './connection-problem.ts';
import { TrinoClientError } from './trino-client-error.ts';

/** An answer of the server, whose body was read to its end. */
export interface CoordinatorResponse {
  readonly text: string;
  readonly headers: Headers;
}

interface CoordinatorRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Overrides the option of the client. */
  readonly retryFor?: number;
}

const REPEATED = new Set([429, 502, 503, 504]);
const [FIRST_DELAY, LONGEST_DELAY] = [50, 1_000];

/** Sends requests to a coordinator, and repeats them as the protocol of Trino asks. */
export class Coordinator {
  /** Where the server is. */
  readonly url: URL;
  readonly #options: TrinoClientOptions;

  constructor(options: TrinoClientOptions) {
    this.#options = options;
    this.url = new URL(options.server);
  }

  /**
   * @param address path or URL; a URL is the server's own
   * @throws TrinoClientError `unreachable`, `unauthorized`, `unexpected-response`, `foreign-address`; the reason of the
   * signal
   */
  async send(address: string, request: CoordinatorRequest): Promise<CoordinatorResponse> {
    const url = this.#address(address);
    const { retryFor = this.#options.retryFor ?? 60_000, signal } = request;
    const until = performance.now() + retryFor;
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      const attempt = await this.#attempt(url, request);
      if ('response' in attempt) return attempt.response;
      const wait = attempt.retryAfter ?? delay;
      if (attempt.isFinal || performance.now() + wait > until) throw unreachable(this.url, attempt);
      await pause(wait, signal);
    }
  }

  async #attempt(url: URL, request: CoordinatorRequest): Promise<Attempt> {
    const { fetch: send = fetch, requestTimeout = 30_000 } = this.#options;
    const { method, signal, body } = request;
    signal?.throwIfAborted();
    const headers = await this.#headers(request);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(`no answer within ${requestTimeout} ms`)), requestTimeout);
    const onAbort = (): void => limit.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await send(url, {
        method,
        headers,
        signal: limit.signal,
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      if (response.ok) return { response: { text, headers: response.headers } };
      const { status } = response;
      if (REPEATED.has(status)) return { status, ...retryAfter(response.headers), isFinal: false };
      throw refused(this.url, status, text);
    } catch (cause) {
      signal?.throwIfAborted();
      if (TrinoClientError.isInstance(cause)) throw cause;
      const problem = connectionProblem(cause);
      // A statement that the server may have received would run twice.
      const isFinal = method === 'POST' || problem !== undefined;
      return { cause: limit.signal.aborted ? limit.signal.reason : cause, problem, isFinal };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  get #hasCredentials(): boolean {
    const { auth, headers = {} } = this.#options;
    return auth !== undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  }

  #address(address: string): URL {
    const url = new URL(address, this.url);
    if (url.origin !== this.url.origin && this.#hasCredentials) {
      throw new TrinoClientError(
        'foreign-address',
        `the server ${this.url.origin} continues a query at ${url.origin}, which is sent no credentials; ` +
          'let the coordinator know its public address (http-server.process-forwarded=true behind a proxy)',
      );
    }
    return url;
  }

  async #headers({ headers = {} }: CoordinatorRequest): Promise<Record<string, string>> {
    const { auth, user, headers: ofClient = {} } = this.#options;
    const known = auth !== undefined && 'username' in auth ? auth.username : undefined;
    const name = user ?? known;
    const authorization = await authorizationOf(auth);
    return {
      'User-Agent': 'planscope',
      ...(name === undefined ? {} : { 'X-Trino-User': name }),
      ...ofClient,
      ...headers,
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    };
  }
}

/** An answer, or why there is none. */
type Attempt = { readonly response: CoordinatorResponse } | Failure;

interface Failure {
  readonly status?: number;
  readonly cause?: unknown;
  /** What is wrong with the set-up. */
  readonly problem?: string | undefined;
  /** In milliseconds, as the server asked. */
  readonly retryAfter?: number;
  readonly isFinal: boolean;
}

async function authorizationOf(auth: TrinoClientOptions['auth']): Promise<string | undefined> {
  if (auth === undefined) return undefined;
  if ('token' in auth) return `Bearer ${typeof auth.token === 'string' ? auth.token : await auth.token()}`;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}

function retryAfter(headers: Headers): { retryAfter?: number } {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfter: seconds * 1_000 } : {};
}

function unreachable({ origin }: URL, { status, cause, problem }: Failure): TrinoClientError {
  const options = cause === undefined ? {} : { cause };
  if (problem !== undefined) {
    return new TrinoClientError('unreachable', `there is no connection to the server ${origin}: ${problem}`, options);
  }
  const reason = status === undefined ? 'does not answer' : `answers with status ${status}`;
  return new TrinoClientError('unreachable', `the server ${origin} ${reason}`, options);
}

const MAX_BODY = 300;

function refused({ origin }: URL, status: number, text: string): TrinoClientError {
  if (status === 401 || status === 403) {
    return new TrinoClientError(
      'unauthorized',
      `the server ${origin} refuses the user or the credentials (status ${status})`,
    );
  }
  const body = text.slice(0, MAX_BODY).trim();
  return new TrinoClientError(
    'unexpected-response',
    `the server ${origin} answers with status ${status}${body === '' ? '' : `: ${body}`}`,
  );
}

/** Waits; rejects with the reason of the signal. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
