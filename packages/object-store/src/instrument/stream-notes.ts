import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_OBJECT_STORE_BODY_COMPLETE,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_OBJECT_STORE_RESULT_ERROR_COUNT,
  ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT,
  ATTR_OBJECT_STORE_RESULT_PAGE_COUNT,
  ATTR_OBJECT_STORE_RESULT_PREFIX_COUNT,
  ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE,
} from '@planscope/semconv';
import type { DeleteResult, DelimitedEntry } from '../contract/listing.ts';
import type { ObjectMeta } from '../contract/object-meta.ts';
import type { StorageSpan } from './storage-span.ts';
import type { StreamNotes } from './traced-iterator.ts';

/** Failures of a stream of deletions that are recorded one by one; the others are counted. */
const recordedFailures = 8;

/** Of a body: bytes delivered, when the first came, and whether all of them were taken. */
export function bodyNotes(span: StorageSpan, expected: number): StreamNotes<Uint8Array> {
  let bytes = 0;
  let firstByte: number | undefined;
  return {
    onItem(chunk) {
      firstByte ??= span.elapsed();
      bytes += chunk.byteLength;
    },
    attributes: (drained): Attributes => ({
      [ATTR_OBJECT_STORE_RESULT_BYTES]: bytes,
      [ATTR_OBJECT_STORE_BODY_COMPLETE]: drained || bytes === expected,
      ...(firstByte === undefined ? {} : { [ATTR_OBJECT_STORE_TIME_TO_FIRST_BYTE]: firstByte }),
    }),
  };
}

/** Of a listing: pages, objects, and common prefixes where it has any. */
export function listingNotes(withPrefixes: boolean): StreamNotes<readonly (ObjectMeta | DelimitedEntry)[]> {
  let pages = 0;
  let objects = 0;
  let prefixes = 0;
  return {
    onItem(page) {
      const found = page.filter((entry) => 'type' in entry && entry.type === 'prefix').length;
      pages += 1;
      prefixes += found;
      objects += page.length - found;
    },
    attributes: (): Attributes => ({
      [ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT]: objects,
      [ATTR_OBJECT_STORE_RESULT_PAGE_COUNT]: pages,
      ...(withPrefixes ? { [ATTR_OBJECT_STORE_RESULT_PREFIX_COUNT]: prefixes } : {}),
    }),
  };
}

/** Of a stream of deletions: objects deleted, and the paths that failed. */
export function deletionNotes(span: StorageSpan): StreamNotes<DeleteResult> {
  let deleted = 0;
  let failed = 0;
  return {
    onItem({ error }) {
      if (error === undefined) {
        deleted += 1;
        return;
      }
      failed += 1;
      if (failed <= recordedFailures) span.record(error);
    },
    attributes: (): Attributes => ({
      [ATTR_OBJECT_STORE_RESULT_OBJECT_COUNT]: deleted,
      ...(failed === 0 ? {} : { [ATTR_OBJECT_STORE_RESULT_ERROR_COUNT]: failed }),
    }),
  };
}
