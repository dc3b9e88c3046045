import { expect, it } from 'vitest';
import { renderExplanation } from './explain-settings.ts';
import { resolveTracingConfig } from './resolve-tracing-config.ts';
import { configFields } from './schema/config-fields.ts';

const resolved = resolveTracingConfig({
  file: { path: 'planscope.config.json', content: { planDiff: true, otlp: { endpoint: 'https://me:pw@c/?key=k1' } } },
  environment: {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
    OTEL_BSP_MAX_QUEUE_SIZE: '4096',
    PLANSCOPE_CUSTOM_SPAN_FIELDS: 'team=search',
  },
  explicit: { preset: 'maximal' },
  spec: { preview: { limit: 1 } },
});

it('explains every field', () => {
  const explained = resolved.explain().map(({ field }) => field.replace(/\[.*/, ''));
  expect([...new Set(explained)]).toEqual(configFields.map(({ path }) => path));
});

it('says where each value came from and masks secrets', () => {
  const interesting = resolved.explain().filter(({ source }) => source !== 'default');
  expect(renderExplanation(interesting)).toMatchInlineSnapshot(`
    "enabled                        preset maximal                            true
    preset                         explicit                                  "maximal"
    recordMetrics                  preset maximal                            true
    ruleMode                       preset maximal                            "full"
    rulePhases.analyzer            preset maximal                            "full"
    rulePhases.logical             preset maximal                            "full"
    rulePhases.physical            preset maximal                            "full"
    planDiff                       file planscope.config.json                "on"
    preview.limit                  spec                                      1
    instrumentObjectStore          preset maximal                            true
    customSpanFields["team"]       environment PLANSCOPE_CUSTOM_SPAN_FIELDS  "search"
    otlp.endpoint                  file planscope.config.json                "https://****@c/v1/traces?****"
    otlp.headers["authorization"]  environment OTEL_EXPORTER_OTLP_HEADERS    "****"
    exportPolicy.maxQueueSize      environment OTEL_BSP_MAX_QUEUE_SIZE       4096"
  `);
});

it('shows an optional field that no one set', () => {
  const certificate = resolved.explain().filter(({ field }) => field === 'otlp.certificateFile');
  expect(renderExplanation(certificate)).toBe('otlp.certificateFile  default  (not set)');
});

it('keeps secrets out of errors', () => {
  const sources = {
    environment: {
      OTEL_EXPORTER_OTLP_HEADERS: 'hunter2',
      PLANSCOPE_OTLP_ENDPOINT: 'me:hunter2@collector',
    },
    explicit: { otlp: { headers: { 'bad name': 'hunter2', ok: 'hunter2\n' }, header: 'hunter2' } } as never,
    spec: { otlp: { headers: ['hunter2'] } } as never,
  };
  let message = '';
  try {
    resolveTracingConfig(sources);
  } catch (error) {
    message = `${(error as Error).message}${JSON.stringify(error)}`;
  }
  expect(message).toContain('6 problems');
  expect(message).not.toContain('hunter2');
});
