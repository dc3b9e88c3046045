export interface SmallReadsLimits {
  readonly requests: number;
  /** Mean bytes of a request. */
  readonly bytes: number;
}

/**
 * Amazon documents 100 to 200 ms until the first byte of a small request to S3, in which the network could carry some
 * megabytes. 16 KiB are below any column chunk that pays for its request; a file that needs 1,000 of them waits for at
 * least 10 s, with ten requests at a time.
 */
export const SMALL_READS: SmallReadsLimits = { requests: 1000, bytes: 16_384 };

/** A path of this machine has no scheme but `file:`; each request to another one takes a round trip. */
const REMOTE = /^(?!file:)[a-z][a-z\d+.-]+:\/\//i;

export function isRemote(location: string): boolean {
  return REMOTE.test(location);
}

/**
 * A remote file that was read in many requests for few bytes.
 *
 * @returns mean bytes of a request
 */
export function smallReads(
  { location, requests, bytes }: { readonly location: string; readonly requests: number; readonly bytes: number },
  limits: SmallReadsLimits,
): number | undefined {
  if (!isRemote(location) || requests < limits.requests) return undefined;
  const mean = bytes / requests;
  return mean > limits.bytes ? undefined : mean;
}
