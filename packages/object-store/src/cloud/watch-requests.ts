import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** What an SDK sent to one host on behalf of one call. */
export interface RequestWatch {
  readonly host: string;
  /** Ends the requests of an SDK that cannot be told to stop. */
  readonly signal: AbortSignal;
  /** Requests so far. */
  attempts: number;
  /** The response to the last of them. */
  response?: IncomingMessage;
}

const watches = new AsyncLocalStorage<RequestWatch>();
let listening = false;

/**
 * Runs a call of an SDK that reports neither its retries nor its responses, and records both. Requests to other hosts,
 * for example for tokens, are neither recorded nor ended.
 *
 * @param host name of the host, without its port
 * @param signal of this call alone
 */
export function watchRequests<Value>(host: string, signal: AbortSignal, call: (watch: RequestWatch) => Value): Value {
  if (!listening) {
    listening = true;
    subscribe('http.client.request.start', note);
  }
  const watch: RequestWatch = { host, signal, attempts: 0 };
  return watches.run(watch, () => call(watch));
}

function note(message: unknown): void {
  const watch = watches.getStore();
  const { request } = message as { readonly request: ClientRequest };
  if (watch === undefined || request.host !== watch.host) return;
  watch.attempts += 1;
  request.once('response', (response) => {
    watch.response = response;
  });
  endWith(watch.signal, request);
}

function endWith(signal: AbortSignal, request: ClientRequest): void {
  const onAbort = (): void => void request.destroy(new Error('the call was left'));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  request.once('close', () => signal.removeEventListener('abort', onAbort));
}
