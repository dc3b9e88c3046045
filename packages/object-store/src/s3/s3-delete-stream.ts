import { abortable } from '../body/abortable.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { DeleteResult } from '../contract/listing.ts';
import { parseObjectPath } from '../path/object-path.ts';
import type { S3Connection } from './s3-connection.ts';
import { s3Error } from './s3-error.ts';

const largestBatch = 1000;

/** Deletes up to a thousand paths in a request; says of each, in order, how it ended. */
export async function* deleteBatches(
  connection: S3Connection,
  paths: Iterable<string> | AsyncIterable<string>,
  options: CallOptions,
): AsyncGenerator<DeleteResult> {
  let batch: DeleteResult[] = [];
  for await (const path of abortable(paths, options.signal)) {
    batch.push(checked(path, connection.store));
    if (batch.length < largestBatch) continue;
    yield* await deleteBatch(connection, batch, options);
    batch = [];
  }
  yield* await deleteBatch(connection, batch, options);
}

async function deleteBatch(
  connection: S3Connection,
  batch: readonly DeleteResult[],
  options: CallOptions,
): Promise<readonly DeleteResult[]> {
  const Objects = batch.filter(({ error }) => error === undefined).map(({ path }) => ({ Key: keyOf(path) }));
  if (Objects.length === 0) return batch;
  const { Errors = [] } = await connection.send('', options, (s3, http) =>
    s3.deleteObjects({ Bucket: connection.bucket, Delete: { Objects, Quiet: true } }, http),
  );
  const failed = new Map(
    Errors.map(({ Key = '', Code }) => {
      const status = Code === 'AccessDenied' ? { $metadata: { httpStatusCode: 403 } } : {};
      return [Key, s3Error({ name: Code, ...status }, { store: connection.store, path: Key })] as const;
    }),
  );
  return batch.map((result) => {
    const error = result.error ?? failed.get(keyOf(result.path));
    return error === undefined ? result : { path: result.path, error };
  });
}

function checked(path: string, store: string): DeleteResult {
  try {
    parseObjectPath(path, store);
    return { path };
  } catch (error) {
    return { path, error };
  }
}

/** The key of a checked path: without its outer slashes. */
function keyOf(path: string): string {
  return path.replace(/^\/|\/$/g, '');
}
