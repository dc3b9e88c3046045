import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SpanBudget } from '@planscope/plan/report';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it } from 'vitest';
import { recording } from '../../test/recordings.ts';
import { drawingQuery, trinoReportRecorders } from './draw-query.ts';
import { readQueryInfo } from './read-query-info.ts';
import { toEngineReport } from './to-engine-report.ts';

it('a report is drawn in steps of a few spans each, between which other work may run', () => {
  const report = toEngineReport(readQueryInfo(recording('483-finished')));
  const { tracerProvider, ...recorder } = createSpanRecorder();
  const scope = {
    place: { otelContext: ROOT_CONTEXT, window: report.window },
    stages: new Map(),
    operators: new Map(),
    run: { runId: 'run-1' },
    budget: new SpanBudget(1_000),
    warn: () => {},
  };
  const ended: number[] = [0];
  for (const _ of drawingQuery(report, scope, trinoReportRecorders({ tracerProvider }))) {
    ended.push(recorder.spans().length);
  }
  const steps = ended.slice(1).map((spans, index) => spans - (ended[index] ?? 0));
  // The phases and the ten rules of the planner are one step, and have no texts that take long to redact.
  expect(steps.filter((spans) => spans > 1)).toEqual([15]);
  expect(ended.at(-1)).toBeGreaterThan(40);
});
