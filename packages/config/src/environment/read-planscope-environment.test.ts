import { describe, expect, it } from 'vitest';
import { resolveTracingConfig } from '../resolve-tracing-config.ts';
import { type ConfigField, configFields } from '../schema/config-fields.ts';

/** A text that the field's variable may hold, and the value it stands for: never the default. */
const samples: Record<string, [text: string, value: unknown]> = {
  enabled: ['FALSE', false],
  preset: ['Maximal', 'maximal'],
  recordMetrics: ['false', false],
  ruleMode: ['full', 'full'],
  'rulePhases.analyzer': ['full', 'full'],
  'rulePhases.logical': ['disabled', 'disabled'],
  'rulePhases.physical': ['full', 'full'],
  operatorLayout: ['Proportional', 'proportional'],
  planDiff: ['TRUE', 'on'],
  'preview.redaction.mode': ['none', 'none'],
  'preview.redaction.columns': ['name, email ,', ['name', 'email']],
  'preview.redaction.token': ['***', '***'],
  'privacy.sqlLiterals': ['keep', 'keep'],
  'privacy.planLiterals': ['keep', 'keep'],
  'privacy.errorMessages': ['keep', 'keep'],
  instrumentObjectStore: ['False', false],
  customSpanFields: ['team=search,tier=1', { team: 'search', tier: '1' }],
  filter: ['warn,FilterExec=debug', 'warn,FilterExec=debug'],
  exporters: ['File, OTLP', ['file', 'otlp']],
  'otlp.endpoint': ['https://collector/v1/traces', 'https://collector/v1/traces'],
  'otlp.protocol': ['HTTP/JSON', 'http/json'],
  'otlp.headers': ['X-Tenant=a%20b', { 'x-tenant': 'a b' }],
  'otlp.compression': ['gzip', 'gzip'],
  'otlp.certificateFile': ['ca.pem', 'ca.pem'],
  'otlp.clientCertificateFile': ['client.pem', 'client.pem'],
  'otlp.clientKeyFile': ['key.pem', 'key.pem'],
  'file.path': ['out.jsonl', 'out.jsonl'],
  'log.path': ['out.log', 'out.log'],
  'queryLog.folder': ['queries', 'queries'],
  'queryLog.database': ['queries.duckdb', 'queries.duckdb'],
  serviceName: ['flights', 'flights'],
  resourceAttributes: ['deployment.environment.name=prod', { 'deployment.environment.name': 'prod' }],
  'exportPolicy.sampler': ['TraceIdRatio', 'traceidratio'],
  'exportPolicy.samplerArgument': ['2.5e-1', 0.25],
  'exportPolicy.maxQueueSize': ['9000', 9000],
};

function sample(field: ConfigField): [string, unknown] {
  return samples[field.path] ?? [' 700 ', 700];
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], value);
}

describe('PLANSCOPE_* variables', () => {
  const all = Object.fromEntries(configFields.map((field) => [field.variable, sample(field)[0]]));
  const { config } = resolveTracingConfig({ environment: all });
  const bare = resolveTracingConfig({ environment: {} }).config;

  it.each(configFields.map((field) => [field.variable, field] as const))('%s sets its field', (_, field) => {
    expect(valueAt(config, field.path)).toEqual(sample(field)[1]);
    expect(valueAt(bare, field.path)).not.toEqual(sample(field)[1]);
  });

  it('are stronger than the OTEL_* ones', () => {
    const environment = { PLANSCOPE_SERVICE_NAME: 'mine', OTEL_SERVICE_NAME: 'theirs' };
    expect(resolveTracingConfig({ environment }).config.serviceName).toBe('mine');
  });

  it('count as unset when empty', () => {
    const environment = Object.fromEntries(configFields.map(({ variable }) => [variable, ' ']));
    expect(resolveTracingConfig({ environment }).config).toEqual(bare);
  });

  it.each([
    ['PLANSCOPE_ENABLED', 'yes', 'enabled: "yes"'],
    ['PLANSCOPE_SPAN_BUDGET', '10k', 'spanBudget: "10k"'],
    ['PLANSCOPE_SPAN_BUDGET', '0x10', 'spanBudget: "0x10"'],
    ['PLANSCOPE_SPAN_BUDGET', '1.5', 'spanBudget: 1.5'],
    ['PLANSCOPE_SPAN_BUDGET', 'Infinity', 'spanBudget: "Infinity"'],
    ['PLANSCOPE_PLAN_DIFF', 'perrule', 'planDiff: "perrule"'],
    ['PLANSCOPE_EXPORTERS', 'otlp,otlp', 'exporters: ["otlp","otlp"]'],
    ['PLANSCOPE_RESOURCE_ATTRIBUTES', 'a', 'resourceAttributes: "a"'],
    ['PLANSCOPE_TRACE', 'inof', 'directive "inof" ends in no level; did you mean info?'],
  ])('%s=%s is an error that names both', (variable, text, message) => {
    const resolve = () => resolveTracingConfig({ environment: { [variable]: text } });
    expect(resolve).toThrow(message);
    expect(resolve).toThrow(`from environment ${variable}`);
  });

  it('refuse a name that is a slip of the pen, and list one that resembles none', () => {
    expect(() => resolveTracingConfig({ environment: { PLANSCOPE_RULE_MOED: 'full' } })).toThrowError(
      '[planscope/config] unknown variable PLANSCOPE_RULE_MOED; did you mean PLANSCOPE_RULE_MODE?',
    );
    const environment = {
      PLANSCOPE_SERVICE_HOST: '10.0.0.1',
      PLANSCOPE_PORT: 'tcp://10.0.0.1:80',
      PLANSCOPE_CONFIG: 'a',
    };
    expect(resolveTracingConfig({ environment }).unknownVariables).toEqual([
      'PLANSCOPE_PORT',
      'PLANSCOPE_SERVICE_HOST',
    ]);
  });
});
