import type { DelimitedEntry } from '../contract/listing.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';

/** The same pages without common prefixes. */
export async function* objectsOf(pages: AsyncIterable<readonly DelimitedEntry[]>): AsyncGenerator<ObjectMeta[]> {
  for await (const page of pages) yield page.flatMap((entry) => (entry.type === 'object' ? [entry.meta] : []));
}
