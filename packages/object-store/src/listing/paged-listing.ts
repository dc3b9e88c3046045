import type { Listing } from '../contract/listing.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { lazily } from './lazily.ts';

/** A listing over a source of pages; the source is asked for its first page only when the reader asks. */
export class PagedListing<Entry> implements Listing<Entry> {
  #source: (() => AsyncIterable<readonly Entry[]>) | undefined;

  constructor(source: () => AsyncIterable<readonly Entry[]>) {
    this.#source = source;
  }

  pages(): AsyncIterable<readonly Entry[]> {
    const source = this.#source;
    if (source === undefined) throw new ObjectStoreError('Generic', 'a listing can be read only once');
    this.#source = undefined;
    return lazily(source);
  }

  [Symbol.asyncIterator](): AsyncIterator<Entry> {
    return entriesOf(this.pages());
  }
}

async function* entriesOf<Entry>(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<Entry> {
  for await (const page of pages) yield* page;
}
