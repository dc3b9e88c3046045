import type { SemanticSchema } from '@planscope/semconv';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { EngineReport } from '../report/engine-report.ts';

/** How reports are checked. */
export interface ReportConformanceOptions {
  /**
   * Texts of the query's data: literals, values, names made of values. They must not occur where recorders do not
   * redact.
   */
  readonly markers?: readonly string[];
  /** The engine's own registries; their attributes of the kind `code` are searched for markers. */
  readonly schemas?: readonly SemanticSchema[];
}

/** One rule for reports. */
export type ReportCheck = (report: EngineReport, options: ReportConformanceOptions) => void;

/** How plans are checked. */
export interface ConformanceOptions {
  /** A plan of the same engine that fails at run time. Without it, the checks of failures are omitted. */
  readonly makeFailingPlan?: () => ExecutionPlan<Batch> | Promise<ExecutionPlan<Batch>>;
  /** Time limit for a batch or an outcome, in milliseconds. Default: 5000. */
  readonly timeoutMilliseconds?: number;
}

/** What a check needs. */
export interface ConformanceSubject extends ConformanceOptions {
  /** Returns a new plan for each check. */
  readonly makePlan: () => ExecutionPlan<Batch> | Promise<ExecutionPlan<Batch>>;
}

/** One rule of the contract. */
export interface ConformanceCheck {
  /** The rule in one sentence, as the name of its test. */
  readonly name: string;
  /** Rejects with a ConformanceError that describes the violation. */
  run(): Promise<void>;
}

/** The error for a violation of the contract. */
export class ConformanceError extends Error {
  override readonly name: string = 'ConformanceError';
}

/** Throws if a condition of the contract does not hold. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new ConformanceError(otherwise);
}

/** Returns the value of a promise, or throws a ConformanceError if it does not settle in time. */
export async function inTime<T>(promise: Promise<T>, subject: ConformanceSubject, what: string): Promise<T> {
  const { timeoutMilliseconds = 5000 } = subject;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ConformanceError(`${what} was still open after ${timeoutMilliseconds} ms`);
    timer = setTimeout(() => reject(error), timeoutMilliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
