import type { SemanticSchema } from '@planscope/semconv';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { EngineReport } from '../report/engine-report.ts';

/** How reports are made and judged. */
export interface ReportConformanceOptions {
  /** Texts of the query's data: literals, values, names made of values. None may be where no recorder redacts. */
  readonly markers?: readonly string[];
  /** The engine's own registries; their attributes of the kind `code` are looked through for markers. */
  readonly schemas?: readonly SemanticSchema[];
}

/** One rule for reports, and what it is told. */
export type ReportCheck = (report: EngineReport, options: ReportConformanceOptions) => void;

/** How plans are made and judged. */
export interface ConformanceOptions {
  /** A plan of the same engine that fails while it runs; without it the checks of failures are left out. */
  readonly makeFailingPlan?: () => ExecutionPlan<Batch> | Promise<ExecutionPlan<Batch>>;
  /** Most milliseconds a check waits for a batch or an outcome; default 5000. */
  readonly timeoutMilliseconds?: number;
}

/** What a check works with. */
export interface ConformanceSubject extends ConformanceOptions {
  /** A new plan; each check makes its own. */
  readonly makePlan: () => ExecutionPlan<Batch> | Promise<ExecutionPlan<Batch>>;
}

/** One rule of the contract. */
export interface ConformanceCheck {
  /** The rule in one sentence: a name for the test that runs it. */
  readonly name: string;
  /** Rejects with a ConformanceError that says where the plan departs from the rule. */
  run(): Promise<void>;
}

/** A plan that departs from the contract. */
export class ConformanceError extends Error {
  override readonly name: string = 'ConformanceError';
}

/** Refuses what departs from the contract. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new ConformanceError(otherwise);
}

/** The promise's value, or a ConformanceError when it stays open. */
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
