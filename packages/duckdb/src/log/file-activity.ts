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
