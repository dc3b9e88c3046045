import type { EngineReport } from '../report/engine-report.ts';
import type { ConformanceCheck, ReportConformanceOptions } from './conformance-check.ts';
import { reportNumberChecks } from './report-number-checks.ts';
import { reportShapeChecks } from './report-shape-checks.ts';

/**
 * The requirements for engine reports, as named checks for any test framework:
 * `for (const { name, run } of engineReportConformance(makeReport)) test(name, run)`. Run them with a query that
 * succeeds, a query that fails and, if the engine can report during a query, an early report.
 *
 * @param makeReport returns a report of a real query; called once for each check
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
