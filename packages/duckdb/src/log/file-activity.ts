import type { TimeWindow } from '@planscope/plan';

/** All reads, or all writes, of one file by one query. */
export interface FileActivity {
  readonly path: string;
  readonly operation: 'read' | 'write';
  readonly requests: number;
  readonly bytes: bigint;
  /** First to last event. */
  readonly window: TimeWindow;
}

/** One entry for each file and direction, where there may be several. */
export function mergeActivity(activity: readonly FileActivity[]): FileActivity[] {
  const merged = new Map<string, FileActivity>();
  for (const entry of activity) {
    const key = JSON.stringify([entry.operation, entry.path]);
    const same = merged.get(key);
    merged.set(key, same === undefined ? entry : add(same, entry));
  }
  return [...merged.values()];
}

function add(left: FileActivity, right: FileActivity): FileActivity {
  return {
    ...left,
    requests: left.requests + right.requests,
    bytes: left.bytes + right.bytes,
    window: { start: first(left.window.start, right.window.start), end: last(left.window.end, right.window.end) },
  };
}

function first(left: string, right: string): string {
  return BigInt(left) < BigInt(right) ? left : right;
}

function last(left: string, right: string): string {
  return BigInt(left) > BigInt(right) ? left : right;
}
