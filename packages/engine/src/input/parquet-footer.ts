import { open } from 'node:fs/promises';
import type { FetchOptions, LocalObjects, RemoteObject } from '@planscope/object-store';

/** Holds the whole footer of nearly every file, and costs no more than a smaller request. */
const FIRST_READ = 64 * 1024;
/** Length of the metadata in four bytes, then `PAR1`. */
const TRAILER = 8;

/**
 * A file of the object's size that holds its footer, read with one request, or two where the footer is long. What is no
 * Parquet file is left for whoever reads it to say so.
 */
export async function fetchParquetFooter(
  files: LocalObjects,
  object: RemoteObject,
  options: FetchOptions,
): Promise<string> {
  const { size } = object.meta;
  const end = (bytes: number): { start: number; end: number } => ({ start: Math.max(0, size - bytes), end: size });
  const { path } = await files.fetchRange(object, end(FIRST_READ), options);
  const footer = await footerLength(path, size);
  if (footer === undefined || footer <= FIRST_READ) return path;
  return (await files.fetchRange(object, end(footer), options)).path;
}

async function footerLength(path: string, size: number): Promise<number | undefined> {
  if (size < TRAILER) return undefined;
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(TRAILER), 0, TRAILER, size - TRAILER);
    const length = buffer.readUInt32LE(0) + TRAILER;
    return buffer.toString('latin1', 4) === 'PAR1' && length <= size ? length : undefined;
  } finally {
    await handle.close();
  }
}
