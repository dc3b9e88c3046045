import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** What an SDK sent to one host on behalf of one call. */
export interface RequestWatch {
  readonly host: string;
  /** Requests so far. */
  attempts: number;
  /** The response to the last of them. */
  response?: IncomingMessage;
}

const watches = new AsyncLocalStorage<RequestWatch>();
let listening = false;

/**
 * Runs a call of an SDK that neither says how often it tried nor hands out its responses, and notes both. Requests to
 * other hosts, as for tokens, are not noted.
 *
 * @param host name of the host, without its port
 */
export function watchRequests<Value>(host: string, call: (watch: RequestWatch) => Value): Value {
  if (!listening) {
    listening = true;
    subscribe('http.client.request.start', note);
  }
  const watch: RequestWatch = { host, attempts: 0 };
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
}
