import type { ExecutionPlan } from '@planscope/plan';
import type { OutputTarget } from '../planner/spec-query-planner.ts';
import type { OutputSpec } from '../spec/execution-spec.ts';

/** One output and the node that makes it. */
export interface PlannedOutput {
  readonly output: OutputSpec;
  readonly node: ExecutionPlan;
  /** Where the file goes; undefined for an output that is handed back. */
  readonly target: OutputTarget | undefined;
  /** Rejects if the rows handed back may be wrong. A file is confirmed by its `UploadExec` before it is uploaded. */
  readonly confirm: () => Promise<void>;
}
