import type { EngineReport } from '../report/engine-report.ts';
import type { ConformanceCheck, ReportConformanceOptions } from './conformance-check.ts';
import { reportNumberChecks } from './report-number-checks.ts';
import { reportShapeChecks } from './report-shape-checks.ts';

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
