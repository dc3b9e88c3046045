import type { FileActivity, StorageCall } from './run.ts';

interface Sum {
  readonly location: string;
  readonly stores: Set<string>;
  size: number | undefined;
  bytesRead: number;
  bytesWritten: number;
  requests: number;
  retries: number;
  throttled: number;
  failures: number;
  readonly operatorIds: Set<string>;
  readonly callIds: string[];
}

/**
 * Adds up calls by location, most bytes first. Calls without a location, such as listings, are in no file.
 *
 * @param sizes sizes of files by the id of the call that told them
 */
export function fileActivity(calls: readonly StorageCall[], sizes: ReadonlyMap<string, number>): FileActivity[] {
  const files = new Map<string, Sum>();
  for (const call of calls) {
    if (call.location !== undefined) add(call, fileOf(files, call.location), sizes.get(call.id));
  }
  return [...files.values()]
    .map(({ stores, size, operatorIds, ...sum }) => ({
      ...sum,
      stores: [...stores].sort(),
      ...(size === undefined ? {} : { size }),
      operatorIds: [...operatorIds],
    }))
    .sort((one, other) => other.bytesRead + other.bytesWritten - (one.bytesRead + one.bytesWritten));
}

function fileOf(files: Map<string, Sum>, location: string): Sum {
  const known = files.get(location);
  if (known !== undefined) return known;
  const counts = { bytesRead: 0, bytesWritten: 0, requests: 0, retries: 0, throttled: 0, failures: 0 };
  const sum: Sum = { location, stores: new Set(), size: undefined, ...counts, operatorIds: new Set(), callIds: [] };
  files.set(location, sum);
  return sum;
}

function add(call: StorageCall, sum: Sum, size: number | undefined): void {
  const { store, operatorId, direction, bytes = 0, requests, attempts = 1, http, throttled, error } = call;
  if (store !== undefined) sum.stores.add(store);
  if (operatorId !== undefined) sum.operatorIds.add(operatorId);
  sum.callIds.push(call.id);
  sum.size = size ?? sum.size;
  sum.bytesRead += direction === 'read' ? bytes : 0;
  sum.bytesWritten += direction === 'write' ? bytes : 0;
  sum.requests += requests + attempts - 1;
  sum.retries += attempts - 1 + (http?.resend === undefined ? 0 : requests);
  sum.throttled += throttled === true ? requests : 0;
  sum.failures += error === undefined ? 0 : requests;
}
