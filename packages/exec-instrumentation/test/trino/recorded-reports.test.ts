import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type ReportScope, readEngineReport, toHrTime } from '@planscope/plan';
import { engineReportConformance, testPlanningContext } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { engineSpanRecorder, operatorReportRecorder, stageReportRecorder } from '../../src/index.ts';
import { recordedReport } from './trino-report.ts';

const RECORDINGS = ['483-finished', '483-failed', '476-finished', '476-running'];

describe.each(RECORDINGS)('a query of Trino, %s, as a report', (name) => {
  const markers = ['1994', 'lineitem', 'orders'];
  for (const { name: check, run } of engineReportConformance(() => recordedReport(name), { markers })) it(check, run);

  it('reads back', () => {
    const report = recordedReport(name);
    expect(readEngineReport(JSON.stringify(report))).toEqual(report);
  });
});

describe('the spans of a query of Trino', () => {
  function draw(name: string): string {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    const report = recordedReport(name);
    const { window } = report;
    const span = tracerProvider.getTracer('test').startSpan('query', { startTime: toHrTime(window.start) });
    const scope: ReportScope = {
      ...testPlanningContext(),
      place: { otelContext: trace.setSpan(ROOT_CONTEXT, span), window },
      stages: new Map(),
      operators: new Map(),
    };
    for (const record of [
      engineSpanRecorder(),
      stageReportRecorder({ tracerProvider, maxTasksPerStage: 1 }),
      operatorReportRecorder({ tracerProvider }),
    ]) {
      record(report, scope);
    }
    span.end(toHrTime(window.end));
    assertTraceInvariants(recorder.spans().filter((one) => one.name !== 'query'));
    return renderSpanTree(recorder.spans(), {
      attributes: [
        'datafusion.metrics.output_rows',
        'planscope.partial',
        'planscope.stage.id',
        'planscope.stage.undrawn_task_count',
        'planscope.timing.clamped',
      ],
    });
  }

  it('are the same for the flat stages of version 483', () => {
    expect(draw('483-finished')).toMatchInlineSnapshot(`
      "query → elsewhere
        stage ~observed_events datafusion.metrics.output_rows=4 planscope.stage.id=1 planscope.stage.undrawn_task_count=1
          task datafusion.metrics.output_rows=2 planscope.stage.id=1
          Aggregate ~execution_window datafusion.metrics.output_rows=4 planscope.stage.id=1
            TableScan ~execution_window datafusion.metrics.output_rows=15000 planscope.stage.id=1
        stage ~observed_events → stage datafusion.metrics.output_rows=1 planscope.stage.id=0
          task datafusion.metrics.output_rows=1 planscope.stage.id=0
          Output ~execution_window planscope.stage.id=0
            Aggregate ~execution_window datafusion.metrics.output_rows=1 planscope.stage.id=0
              LocalExchange ~execution_window datafusion.metrics.output_rows=4 planscope.stage.id=0
                RemoteSource ~execution_window datafusion.metrics.output_rows=4 planscope.stage.id=0"
    `);
  });

  it('and for the nested ones of version 476', () => {
    expect(draw('476-finished')).toMatchInlineSnapshot(`
      "query → elsewhere
        stage ~observed_events datafusion.metrics.output_rows=1 planscope.stage.id=1
          task datafusion.metrics.output_rows=1 planscope.stage.id=1
          Aggregate ~execution_window datafusion.metrics.output_rows=1 planscope.stage.id=1
            ScanFilterProject ~execution_window datafusion.metrics.output_rows=1191 planscope.stage.id=1
        stage ~observed_events → stage datafusion.metrics.output_rows=1 planscope.stage.id=0
          task datafusion.metrics.output_rows=1 planscope.stage.id=0
          Output ~execution_window planscope.stage.id=0
            Aggregate ~execution_window datafusion.metrics.output_rows=1 planscope.stage.id=0
              LocalExchange ~execution_window datafusion.metrics.output_rows=1 planscope.stage.id=0
                RemoteSource ~execution_window datafusion.metrics.output_rows=1 planscope.stage.id=0"
    `);
  });

  it('show where a query failed', () => {
    expect(draw('483-failed')).toMatchInlineSnapshot(`
      "query → elsewhere
        stage ~observed_events !DIVISION_BY_ZERO datafusion.metrics.output_rows=0 planscope.stage.id=1 planscope.stage.undrawn_task_count=1
          task !DIVISION_BY_ZERO datafusion.metrics.output_rows=0 planscope.stage.id=1
          Aggregate ~execution_window datafusion.metrics.output_rows=0 planscope.stage.id=1
            ScanProject ~execution_window datafusion.metrics.output_rows=0 planscope.stage.id=1
        stage ~observed_events → stage datafusion.metrics.output_rows=0 planscope.stage.id=0
          task datafusion.metrics.output_rows=0 planscope.stage.id=0
          Output ~execution_window planscope.stage.id=0
            Aggregate ~execution_window datafusion.metrics.output_rows=0 planscope.stage.id=0
              LocalExchange ~execution_window datafusion.metrics.output_rows=0 planscope.stage.id=0
                RemoteSource ~execution_window datafusion.metrics.output_rows=0 planscope.stage.id=0"
    `);
  });

  it('show what was known while a query ran', () => {
    expect(draw('476-running')).toMatchInlineSnapshot(`
      "query → elsewhere planscope.partial=true
        stage ~execution_window datafusion.metrics.output_rows=0 planscope.partial=true planscope.stage.id=1 planscope.stage.undrawn_task_count=1
          task ~execution_window datafusion.metrics.output_rows=0 planscope.partial=true planscope.stage.id=1
          Aggregate ~execution_window planscope.partial=true planscope.stage.id=1
            ScanFilterProject ~execution_window planscope.partial=true planscope.stage.id=1
        stage ~execution_window → stage datafusion.metrics.output_rows=0 planscope.partial=true planscope.stage.id=0
          task ~execution_window datafusion.metrics.output_rows=0 planscope.partial=true planscope.stage.id=0
          Output ~execution_window planscope.partial=true planscope.stage.id=0
            Aggregate ~execution_window planscope.partial=true planscope.stage.id=0
              LocalExchange ~execution_window planscope.partial=true planscope.stage.id=0
                RemoteSource ~execution_window planscope.partial=true planscope.stage.id=0"
    `);
  });
});
