import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

interface Count {
  readonly host: string;
  attempts: number;
}

const counts = new AsyncLocalStorage<Count>();
let listening = false;

/**
 * Runs a call of an SDK that does not say how often it tried, and counts the requests it sends to a host; requests for
 * tokens go elsewhere and are not counted.
 *
 * @param host name of the host, without its port
 * @param told the number of requests, however the call ends
 */
export async function countAttempts<Value>(
  host: string,
  told: (attempts: number) => void,
  call: () => Promise<Value>,
): Promise<Value> {
  if (!listening) {
    listening = true;
    subscribe('http.client.request.start', (message) => {
      const count = counts.getStore();
      const { request } = message as { readonly request: ClientRequest };
      if (count !== undefined && request.host === count.host) count.attempts += 1;
    });
  }
  const count: Count = { host, attempts: 0 };
  try {
    return await counts.run(count, call);
  } finally {
    told(Math.max(1, count.attempts));
  }
}
