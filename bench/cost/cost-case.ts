import type { Row } from './row.ts';

/** One thing that is measured, in a process of its own. */
export interface CostCase {
  /** As `--only` takes it. */
  readonly name: string;
  /** How often each way does the work; what it counts is the case's own where there are no rounds. */
  readonly rounds: number;
  /** The same with `--quick`, which leaves out a case that has none. */
  readonly quickRounds?: number;
  measure(rounds: number): Promise<readonly Row[]>;
}
