import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { resolveTracingConfig } from '../resolve-tracing-config.ts';
import { configFields } from '../schema/config-fields.ts';
import type { TracingConfig, TracingConfigInput } from '../tracing-config.ts';
import { otelVariables } from './read-otel-environment.ts';

const resolve = (environment: Record<string, string>, explicit: TracingConfigInput = {}): TracingConfig =>
  resolveTracingConfig({ environment, explicit }).config;

describe('OTEL_* variables', () => {
  it.each<[Record<string, string>, object]>([
    [{ OTEL_SDK_DISABLED: 'True' }, { enabled: false }],
    [{ OTEL_SDK_DISABLED: 'false', PLANSCOPE_PRESET: 'off' }, { enabled: false }],
    [{ OTEL_SERVICE_NAME: 'a' }, { serviceName: 'a' }],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,team=b%2Cc' },
      { serviceName: 'a', resourceAttributes: { team: 'b,c' } },
    ],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a', OTEL_SERVICE_NAME: 'b' }, { serviceName: 'b' }],
    [{ OTEL_TRACES_EXPORTER: 'none' }, { exporters: [] }],
    [{ OTEL_TRACES_EXPORTER: 'otlp,file' }, { exporters: ['otlp', 'file'] }],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
      { exportPolicy: { sampler: 'traceidratio', samplerArgument: 0.1 } },
    ],
    [
      { OTEL_TRACES_SAMPLER_RATIO: '0.1' },
      { exportPolicy: { sampler: 'parentbased_traceidratio', samplerArgument: 0.1 } },
    ],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_RATIO: '1.0' },
      { exportPolicy: { sampler: 'traceidratio', samplerArgument: 1 } },
    ],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.2', OTEL_TRACES_SAMPLER_RATIO: '0.1' },
      { exportPolicy: { samplerArgument: 0.2 } },
    ],
    [
      {
        OTEL_BSP_MAX_QUEUE_SIZE: '100',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
        OTEL_BSP_SCHEDULE_DELAY: '7',
        OTEL_BSP_EXPORT_TIMEOUT: '8',
      },
      { exportPolicy: { maxQueueSize: 100, maxExportBatchSize: 10, scheduleDelayMillis: 7, exportTimeoutMillis: 8 } },
    ],
    [
      {
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=3',
        OTEL_EXPORTER_OTLP_TIMEOUT: '1',
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2',
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
        OTEL_EXPORTER_OTLP_CLIENT_KEY: 'key.pem',
        OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: 'client.pem',
      },
      {
        otlp: {
          endpoint: 'http://127.0.0.1:4317',
          protocol: 'grpc',
          headers: { a: '1', b: '3' },
          timeoutMillis: 2,
          compression: 'gzip',
          certificateFile: 'ca.pem',
          clientKeyFile: 'key.pem',
          clientCertificateFile: 'client.pem',
        },
      },
    ],
    [
      {
        OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100',
        OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '9',
        OTEL_ATTRIBUTE_COUNT_LIMIT: '8',
      },
      { maxAttributeBytes: 100, spanLimits: { attributeCount: 9 } },
    ],
    [
      {
        OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
        OTEL_SPAN_LINK_COUNT_LIMIT: '2',
        OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3',
        OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '4',
      },
      { spanLimits: { eventCount: 1, linkCount: 2, attributePerEventCount: 3, attributePerLinkCount: 4 } },
    ],
  ])('%j', (environment, config) => {
    expect(resolve(environment)).toMatchObject(config);
  });

  it.each([
    ['http://c:4318', 'http://c:4318/v1/traces'],
    ['http://c:4318/', 'http://c:4318/v1/traces'],
    ['https://c/otlp/', 'https://c/otlp/v1/traces'],
    ['https://c/v1/traces', 'https://c/v1/traces/v1/traces'],
  ])('OTEL_EXPORTER_OTLP_ENDPOINT=%s is a base', (base, endpoint) => {
    expect(resolve({ OTEL_EXPORTER_OTLP_ENDPOINT: base }).otlp.endpoint).toBe(endpoint);
    expect(resolve({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: base }).otlp.endpoint).toBe(base);
  });

  it('takes the scheme of an endpoint without one from the variable that says so', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const endpoint = (INSECURE: string) =>
      resolve({ ...environment, OTEL_EXPORTER_OTLP_INSECURE: INSECURE }).otlp.endpoint;
    expect(endpoint('true')).toBe('http://c:4317');
    expect(endpoint('False')).toBe('https://c:4317');
    expect(() => endpoint('maybe')).toThrow('"maybe" (from environment OTEL_EXPORTER_OTLP_INSECURE) is not allowed');
    expect(() => resolve(environment)).toThrow('does not start with http:// or https://');
  });

  it.each(['foo', 'xray', 'always-on'])('never takes the unknown sampler %s for always on', (sampler) => {
    expect(() => resolve({ OTEL_TRACES_SAMPLER: sampler })).toThrow(
      `exportPolicy.sampler: "${sampler}" (from environment OTEL_TRACES_SAMPLER) is not allowed; allowed: always_on, always_off`,
    );
  });

  it.each([
    ['OTEL_TRACES_SAMPLER_RATIO', 'half'],
    ['OTEL_TRACES_SAMPLER_RATIO', '1.5'],
    ['OTEL_TRACES_SAMPLER_RATIO', 'NaN'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '-1'],
    ['OTEL_BSP_SCHEDULE_DELAY', '0'],
    ['OTEL_BSP_EXPORT_TIMEOUT', '5s'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '99999999999'],
    ['OTEL_SDK_DISABLED', 'off'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'service.name='],
    ['OTEL_RESOURCE_ATTRIBUTES', 'team=%zz'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'my%20team=a'],
  ])('%s=%s is an error that names the variable', (variable, text) => {
    expect(() => resolve({ [variable]: text })).toThrow(`from environment ${variable}`);
  });

  it('passes over what only other programs understand where a stronger source speaks, and only there', () => {
    const environment = { OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://j' };
    expect(resolve(environment, { exportPolicy: { sampler: 'always_off' } }).exportPolicy.sampler).toBe('always_off');
    expect(() => resolve(environment)).toThrow('2 problems');
    expect(() => resolve({ OTEL_EXPORTER_OTLP_TIMEOUT: '5', OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: 'x' })).toThrow(
      'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
    );
  });

  it('counts as unset when empty', () => {
    const empty = Object.fromEntries(otelVariables.map(({ name }) => [name, '']));
    expect(resolve({ ...empty, OTEL_SDK_DISABLED: '', OTEL_TRACES_SAMPLER_RATIO: '' })).toEqual(resolve({}));
  });

  it('throws nothing but a ConfigError, whatever the texts', () => {
    const names = [
      ...otelVariables.map(({ name }) => name),
      ...configFields.map(({ variable }) => variable),
      'OTEL_SDK_DISABLED',
      'OTEL_RESOURCE_ATTRIBUTES',
      'OTEL_TRACES_SAMPLER_RATIO',
      'OTEL_EXPORTER_OTLP_INSECURE',
    ];
    const word = fc.constantFrom(
      'true',
      '1',
      '0.5',
      '-1',
      'none',
      'otlp',
      'grpc',
      'c:4317',
      'http://c/x',
      'constructor',
    );
    const pair = fc.tuple(fc.oneof(word, fc.string()), fc.oneof(word, fc.string())).map((both) => both.join('='));
    const environment = fc.dictionary(fc.constantFrom(...names), fc.oneof(word, pair, fc.string()), { minKeys: 1 });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(environment, (texts) => {
        try {
          outcomes.add(resolve(texts).preset);
        } catch (error) {
          expect(ConfigError.isInstance(error) ? 'ConfigError' : error).toBe('ConfigError');
          outcomes.add('error');
        }
      }),
      { numRuns: 1000 },
    );
    expect([...outcomes].sort()).toEqual(['error', 'production-lean']);
  });
});
