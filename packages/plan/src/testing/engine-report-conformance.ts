import type { SemanticSchema } from '@planscope/semconv';
import type { EngineReport } from '../report/engine-report.ts';
import type { ConformanceCheck } from './conformance-check.ts';
import { reportNumberChecks } from './report-number-checks.ts';
import { reportShapeChecks } from './report-shape-checks.ts';

/** How reports are made and judged. */
export interface ReportConformanceOptions {
  /** Texts of the query's data: literals, values, names made of values. None may be where no recorder redacts. */
  readonly markers?: readonly string[];
  /** The engine's own registries; their attributes of the kind `code` are looked through for markers. */
  readonly schemas?: readonly SemanticSchema[];
}

/** One rule for reports, and what it is told. */
export type ReportCheck = (report: EngineReport, options: ReportConformanceOptions) => void;

/**
 * What is asked of an engine's reports, as named checks for any test framework:
 * `for (const { name, run } of engineReportConformance(makeReport)) test(name, run)`. Best run over a query that succeeded,
 * one that failed and, of an engine that can be asked before it is done, one taken early.
 *
 * @param makeReport a report of a real query; asked once for each check
 */
export function engineReportConformance(
  makeReport: () => EngineReport | Promise<EngineReport>,
  options: ReportConformanceOptions = {},
): readonly ConformanceCheck[] {
  return Object.entries({ ...reportShapeChecks, ...reportNumberChecks }).map(([name, check]) => ({
    name,
    run: async () => check(await makeReport(), options),
  }));
}
