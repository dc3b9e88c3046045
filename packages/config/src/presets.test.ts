import { describe, expect, it } from 'vitest';
import { presets } from './presets.ts';
import { resolveTracingConfig } from './resolve-tracing-config.ts';
import { tracingConfigSchema } from './schema/tracing-config-schema.ts';

const everywhere = {
  preview: {
    maxWidth: 96,
    maxRowHeight: 4,
    minCompactedColumnWidth: 10,
    maxBytes: 8192,
    redaction: {
      mode: 'deny-list',
      columns: [
        'password',
        'passwd',
        'secret',
        'client_secret',
        'token',
        'access_token',
        'refresh_token',
        'api_key',
        'apikey',
        'authorization',
        'credential',
        'credentials',
        'private_key',
      ],
      token: '[REDACTED]',
    },
  },
  privacy: { sqlLiterals: 'redact', planLiterals: 'redact', errorMessages: 'redact' },
  operatorLayout: 'reported',
  detail: {},
  spanBudget: 2000,
  maxAttributeBytes: 16_384,
  spanLimits: {
    attributeCount: 256,
    eventCount: 128,
    linkCount: 128,
    attributePerEventCount: 128,
    attributePerLinkCount: 128,
  },
  customSpanFields: {},
  filter: 'info',
  exporters: ['otlp'],
  otlp: {
    endpoint: 'http://127.0.0.1:4318/v1/traces',
    protocol: 'http/protobuf',
    headers: {},
    timeoutMillis: 10_000,
    compression: 'none',
  },
  file: { path: 'planscope-traces.jsonl', maxFiles: 5 },
  log: {},
  queryLog: {
    folder: 'planscope-queries',
    flushMillis: 10_000,
    maxBufferBytes: 16_777_216,
    maxFileRows: 10_000,
    maxFileBytes: 16_777_216,
    maxFileMillis: 3_600_000,
    maxFiles: 500,
    maxBytes: 1_073_741_824,
  },
  serviceName: 'planscope',
  resourceAttributes: {},
  exportPolicy: {
    sampler: 'parentbased_always_on',
    maxQueueSize: 2048,
    maxExportBatchSize: 512,
    scheduleDelayMillis: 5000,
    exportTimeoutMillis: 30_000,
    slowQuery: { maxHeldSpans: 20_000 },
  },
};

const rulePhases = (mode: string) => ({ analyzer: mode, logical: mode, physical: mode });

const expected = {
  maximal: {
    ...everywhere,
    preset: 'maximal',
    enabled: true,
    recordMetrics: true,
    ruleMode: 'full',
    rulePhases: rulePhases('full'),
    planDiff: 'on',
    preview: { ...everywhere.preview, limit: 5 },
    instrumentObjectStore: true,
  },
  'maximal-no-data': {
    ...everywhere,
    preset: 'maximal-no-data',
    enabled: true,
    recordMetrics: true,
    ruleMode: 'full',
    rulePhases: rulePhases('full'),
    planDiff: 'on',
    preview: { ...everywhere.preview, limit: 0 },
    instrumentObjectStore: true,
  },
  'production-lean': {
    ...everywhere,
    preset: 'production-lean',
    enabled: true,
    recordMetrics: true,
    ruleMode: 'phase-only',
    rulePhases: rulePhases('phase-only'),
    planDiff: 'off',
    preview: { ...everywhere.preview, limit: 0 },
    instrumentObjectStore: true,
  },
  off: {
    ...everywhere,
    preset: 'off',
    enabled: false,
    recordMetrics: false,
    ruleMode: 'disabled',
    rulePhases: rulePhases('disabled'),
    planDiff: 'off',
    preview: { ...everywhere.preview, limit: 0 },
    instrumentObjectStore: false,
  },
};

describe('presets', () => {
  it.each(Object.entries(expected))('%s is exactly this configuration', (preset, config) => {
    expect(resolveTracingConfig({ preset, environment: {} }).config).toStrictEqual(config);
  });

  it('has no preset that is not pinned here', () => {
    expect(Object.keys(presets)).toEqual(Object.keys(expected));
  });

  it('sets the same fields in each', () => {
    const fields = ['enabled', 'recordMetrics', 'ruleMode', 'planDiff', 'preview', 'instrumentObjectStore'];
    for (const preset of Object.values(presets)) expect(Object.keys(preset)).toEqual(fields);
  });

  it('starts from the one whose values the schema gives as defaults', () => {
    const resolved = resolveTracingConfig({ environment: {} });
    expect(resolved.config.preset).toBe('production-lean');
    expect(tracingConfigSchema.parse({})).toMatchObject(presets['production-lean']);
  });
});
