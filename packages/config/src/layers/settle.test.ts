import { describe, expect, it } from 'vitest';
import { resolveTracingConfig } from '../resolve-tracing-config.ts';
import type { TracingConfig, TracingConfigInput } from '../tracing-config.ts';

/** The configuration from two sources, the second one stronger. */
function resolve(explicit: TracingConfigInput, spec: TracingConfigInput = {}): TracingConfig {
  return resolveTracingConfig({ environment: {}, explicit, spec }).config;
}

describe('sampler and ratio', () => {
  it('refuses a ratio sampler without a ratio', () => {
    expect(() => resolve({ exportPolicy: { sampler: 'traceidratio' } })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: [planscope/config] exportPolicy.samplerArgument (from explicit) is missing; the sampler traceidratio needs a ratio; allowed: number from 0 to 1]`,
    );
  });

  it('refuses a ratio that the sampler would not use', () => {
    expect(() => resolve({ exportPolicy: { samplerArgument: 0.1 } })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: [planscope/config] exportPolicy.samplerArgument: 0.1 (from explicit) is a ratio, which the sampler parentbased_always_on (from default) does not take; allowed: exportPolicy.sampler traceidratio, exportPolicy.sampler parentbased_traceidratio]`,
    );
    const ownSampler: TracingConfigInput = { exportPolicy: { sampler: 'always_on' } };
    expect(() => resolve(ownSampler, { exportPolicy: { samplerArgument: 0.1 } })).toThrow('does not take');
  });

  it('forgets the ratio of a weaker source whose sampler was replaced', () => {
    const ratio: TracingConfigInput = { exportPolicy: { sampler: 'traceidratio', samplerArgument: 0.1 } };
    expect(resolve(ratio, { exportPolicy: { sampler: 'always_on' } }).exportPolicy).not.toHaveProperty(
      'samplerArgument',
    );
    expect(resolve(ratio, { exportPolicy: { sampler: 'parentbased_traceidratio' } }).exportPolicy).toMatchObject({
      sampler: 'parentbased_traceidratio',
      samplerArgument: 0.1,
    });
  });

  it('does not blame the ratio where the sampler itself was refused', () => {
    const wrong = { exportPolicy: { sampler: 'ratio', samplerArgument: 0.1 } } as never;
    expect(() => resolve(wrong)).toThrow(
      /^\[planscope\/config\] exportPolicy\.sampler: "ratio" \(from explicit\) is not allowed/,
    );
  });
});

describe('queue and batch', () => {
  it.each<[TracingConfigInput, TracingConfigInput]>([
    [{ exportPolicy: { maxQueueSize: 100 } }, {}],
    [{ exportPolicy: { maxExportBatchSize: 4096 } }, {}],
    [{ exportPolicy: { maxExportBatchSize: 4096 } }, { exportPolicy: { maxQueueSize: 4095 } }],
  ])('refuses a batch larger than the queue: %j, %j', (explicit, spec) => {
    expect(() => resolve(explicit, spec)).toThrow(/maxQueueSize.*maxExportBatchSize|maxExportBatchSize.*maxQueueSize/);
  });

  it('names the variable that set it', () => {
    expect(() =>
      resolveTracingConfig({ environment: { OTEL_BSP_MAX_QUEUE_SIZE: '100' } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: [planscope/config] exportPolicy.maxQueueSize: 100 (from environment OTEL_BSP_MAX_QUEUE_SIZE) is less than exportPolicy.maxExportBatchSize 512 (from default); allowed: integer from 512 up]`,
    );
  });

  it('allows a batch as large as the queue', () => {
    expect(resolve({ exportPolicy: { maxQueueSize: 512 } }).exportPolicy.maxQueueSize).toBe(512);
  });
});

describe('endpoint and protocol', () => {
  it('gives an HTTP endpoint without a path the one that receivers listen on', () => {
    expect(resolve({ otlp: { endpoint: 'http://c:4318' } }).otlp.endpoint).toBe('http://c:4318/v1/traces');
    expect(resolve({ otlp: { endpoint: 'http://c:4318/custom' } }).otlp.endpoint).toBe('http://c:4318/custom');
  });

  it('gives grpc its own port, and no path', () => {
    expect(resolve({ otlp: { protocol: 'grpc' } }).otlp.endpoint).toBe('http://127.0.0.1:4317');
    expect(resolve({ otlp: { protocol: 'grpc', endpoint: 'https://c:4317' } }).otlp.endpoint).toBe('https://c:4317');
    expect(() => resolve({ otlp: { endpoint: 'http://c/v1/traces' } }, { otlp: { protocol: 'grpc' } })).toThrow(
      '(from explicit) has a path, which grpc does not use; allowed: http://c',
    );
  });

  it.each(['c:4318', 'localhost', 'ftp://c', 'http://', 'http://c:port'])('refuses %s', (endpoint) => {
    expect(() => resolve({ otlp: { endpoint } })).toThrow('otlp.endpoint');
  });
});

describe('redacted columns', () => {
  const columns = (mode: 'deny-list' | 'allow-list' | 'none', names?: string[]): TracingConfigInput => ({
    preview: { redaction: { mode, ...(names && { columns: names }) } },
  });

  it('hides common names of secrets unless a list was written', () => {
    expect(resolve({}).preview.redaction.columns).toContain('password');
    expect(resolve(columns('deny-list', [])).preview.redaction.columns).toEqual([]);
    expect(resolve(columns('allow-list')).preview.redaction.columns).toEqual([]);
  });

  it('never turns a list into its opposite', () => {
    const both = [columns('deny-list', ['email']), columns('allow-list')] as const;
    expect(() => resolve(...both)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: [planscope/config] preview.redaction.columns: ["email"] (from explicit) was written for deny-list; as allow-list (from spec) it would show what was to be hidden; allowed: columns from the source that sets the mode, or from a stronger one]`,
    );
    expect(() => resolve(columns('allow-list', ['city']), columns('deny-list'))).toThrow('would show');
    expect(resolve(columns('deny-list', ['email']), columns('allow-list', ['city'])).preview.redaction).toMatchObject({
      mode: 'allow-list',
      columns: ['city'],
    });
    expect(resolve(columns('deny-list', ['email']), columns('none')).preview.redaction.mode).toBe('none');
  });
});

describe('client certificate', () => {
  it('refuses one without its key', () => {
    expect(() => resolve({ otlp: { clientCertificateFile: 'c.pem' } })).toThrow('otlp.clientKeyFile');
    expect(() => resolve({ otlp: { clientKeyFile: 'k.pem' } })).toThrow('otlp.clientCertificateFile');
    expect(resolve({ otlp: { clientKeyFile: 'k.pem', clientCertificateFile: 'c.pem' } }).otlp.clientKeyFile).toBe(
      'k.pem',
    );
  });
});
