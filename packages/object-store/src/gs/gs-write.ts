import type { File, SaveOptions } from '@google-cloud/storage';

/**
 * Writes an object in one request. The bytes are handed over anew for each try, so that a call that was left while the
 * SDK waited to repeat it sends none.
 */
export function saveBytes(
  file: File,
  bytes: Uint8Array,
  settings: SaveOptions,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.save(
    async function* () {
      signal.throwIfAborted();
      yield buffer;
    },
    { ...settings, resumable: false },
  );
}
