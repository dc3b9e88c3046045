import type { Row } from './row.ts';

/** One measurement, made in a process of its own. */
export interface CostCase {
  /** How often each way does the work, or what the case counts instead of rounds. */
  readonly rounds: number;
  /** The same with `--quick`, which skips a case without it. */
  readonly quickRounds?: number;
  measure(rounds: number): Promise<readonly Row[]>;
}
