import type { ObjectAttributes, ObjectMeta, ObjectTags } from '../contract/object-meta.ts';
import type { PutOptions } from '../contract/put-options.ts';

/** One object in memory; never changed, only replaced. */
export interface MemoryEntry {
  readonly meta: ObjectMeta & { readonly eTag: string };
  readonly bytes: Uint8Array;
  readonly attributes: ObjectAttributes;
  readonly tags: ObjectTags;
}

/** What a write keeps of its options, in copies of its own. */
export function keptOptions(options: PutOptions): Pick<MemoryEntry, 'attributes' | 'tags'> {
  const { metadata, ...attributes } = options.attributes ?? {};
  return {
    attributes: { ...attributes, ...(metadata === undefined ? {} : { metadata: { ...metadata } }) },
    tags: { ...options.tags },
  };
}
