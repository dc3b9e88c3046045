import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_OPTIONS,
  ATTR_OBJECT_STORE_RANGES,
  ATTR_OBJECT_STORE_RESULT_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_RESULT_E_TAG,
  ATTR_OBJECT_STORE_RESULT_META,
  ATTR_OBJECT_STORE_RESULT_RANGE,
  ATTR_OBJECT_STORE_RESULT_VERSION,
} from '@planscope/semconv';
import { bodySize } from '../body/put-body.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ObjectAttributes,
  ObjectMeta,
  ObjectTags,
  PutBody,
  PutOptions,
  PutResult,
} from '../contract/store-calls.ts';
import { formatRange, type GetRange } from '../range/get-range.ts';

/** What the caller asked for, as JSON. Of metadata and tags only the names: their values are the program's data. */
export function optionAttributes(
  options: CallOptions & { readonly attributes?: ObjectAttributes | undefined; readonly tags?: ObjectTags | undefined },
): Attributes {
  const { signal, otelContext, budget, observe, attributes, tags, ...rest } = options;
  const { metadata, ...plain } = attributes ?? {};
  const shown = {
    ...rest,
    ...plain,
    ...(metadata === undefined ? {} : { metadata: Object.keys(metadata) }),
    ...(tags === undefined ? {} : { tags: Object.keys(tags) }),
  };
  const json = JSON.stringify(shown);
  return json === '{}' ? {} : { [ATTR_OBJECT_STORE_OPTIONS]: json };
}

export function putAttributes(body: PutBody, options: PutOptions): Attributes {
  const size = bodySize(body);
  return { ...optionAttributes(options), ...(size === undefined ? {} : { [ATTR_OBJECT_STORE_CONTENT_LENGTH]: size }) };
}

export function writtenAttributes({ eTag, version }: PutResult): Attributes {
  return {
    ...(eTag === undefined ? {} : { [ATTR_OBJECT_STORE_RESULT_E_TAG]: eTag }),
    ...(version === undefined ? {} : { [ATTR_OBJECT_STORE_RESULT_VERSION]: version }),
  };
}

export function getAttributes({ range, ...options }: GetOptions): Attributes {
  return { ...optionAttributes(options), ...(range === undefined ? {} : rangeAttributes([range])) };
}

export function rangeAttributes(ranges: readonly GetRange[]): Attributes {
  return { [ATTR_OBJECT_STORE_RANGES]: ranges.map(formatRange).join(',') };
}

export function metaAttributes(meta: ObjectMeta): Attributes {
  const { size, lastModified, eTag, version } = meta;
  return {
    [ATTR_OBJECT_STORE_RESULT_META]: JSON.stringify({ size, eTag, version, lastModified }),
    ...writtenAttributes(meta),
  };
}

export function gotAttributes({ meta, range }: GetResult): Attributes {
  return {
    ...metaAttributes(meta),
    [ATTR_OBJECT_STORE_RESULT_RANGE]: formatRange(range),
    [ATTR_OBJECT_STORE_RESULT_CONTENT_LENGTH]: range.end - range.start,
  };
}

/** A body whose bytes are counted as the store takes them, where they are not known before. */
export function countedBody(body: PutBody): { readonly body: PutBody; bytes(): number | undefined } {
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, bytes: () => undefined };
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  }
  return { body: counted(body), bytes: () => bytes };
}
