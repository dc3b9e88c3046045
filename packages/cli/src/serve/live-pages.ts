import type { IncomingMessage, ServerResponse } from 'node:http';
import { findings } from '@planscope/findings';
import type { RunStore } from './run-store.ts';

/** The most pages that are kept up to date at once. */
const MAX_PAGES = 64;

/** Sends new runs to open pages, as server-sent events of JSON with a run and its findings. */
export class LivePages {
  readonly #store: RunStore;
  readonly #limit: number;
  readonly #pages = new Set<LivePage>();

  /** @param limit most runs that a page gets at once; of more, the last ones */
  constructor(store: RunStore, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** Keeps a page up to date from the run on that it had last. @returns whether there is room for it */
  async open(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (this.#pages.size >= MAX_PAGES) return false;
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    // A browser that connects again says what came last.
    const last = Number(request.headers['last-event-id'] ?? searchParams.get('after'));
    const page: LivePage = { response, last: Number.isSafeInteger(last) ? last : 0, isSending: false, isBehind: true };
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.flushHeaders();
    this.#pages.add(page);
    response.on('close', () => this.#pages.delete(page));
    await this.#send(page);
    return true;
  }

  /** Sends the runs that came since. */
  async update(): Promise<void> {
    await Promise.all(Array.from(this.#pages, (page) => this.#send(page)));
  }

  /** Ends all connections. */
  close(): void {
    for (const { response } of this.#pages) response.end();
  }

  async #send(page: LivePage): Promise<void> {
    page.isBehind = true;
    if (page.isSending) return;
    page.isSending = true;
    try {
      // A page that reads slowly gets the rest when it has read. Runs may come while others are sent.
      while (page.isBehind && !page.response.writableNeedDrain) {
        page.isBehind = false;
        for (const { order, run } of await this.#store.since(page.last, this.#limit)) {
          page.last = order;
          const data = JSON.stringify({ run, findings: findings(run) });
          page.response.write(`id: ${order}\ndata: ${data}\n\n`);
        }
      }
    } finally {
      page.isSending = false;
    }
    if (page.response.writableNeedDrain) page.response.once('drain', () => void this.#send(page).catch(() => {}));
  }
}

interface LivePage {
  readonly response: ServerResponse;
  /** Order of the last run that was sent. */
  last: number;
  isSending: boolean;
  /** Whether there may be runs that were not read for it. */
  isBehind: boolean;
}
