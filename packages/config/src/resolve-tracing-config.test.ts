import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import { resolveTracingConfig } from './resolve-tracing-config.ts';
import type { TracingSources } from './resolved-tracing.ts';

/** The problems of sources that must not resolve, one line each. */
function refusal(sources: TracingSources): string[] {
  try {
    resolveTracingConfig({ environment: {}, ...sources });
  } catch (error) {
    if (ConfigError.isInstance(error)) return error.problems.map(({ message }) => message);
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('resolveTracingConfig', () => {
  it('keeps every field of a preset that no one speaks of', () => {
    const { config } = resolveTracingConfig({
      preset: 'maximal',
      environment: { PLANSCOPE_PREVIEW_MAX_WIDTH: '120' },
      explicit: { planDiff: false },
      spec: { preview: { limit: 2 } },
    });
    expect(config).toMatchObject({
      ruleMode: 'full',
      recordMetrics: true,
      planDiff: 'off',
      preview: { limit: 2, maxWidth: 120, maxRowHeight: 4 },
    });
  });

  it('lets the strongest source win, for any field and any sources', () => {
    const inputs = {
      spanBudget: fc.option(fc.integer({ min: 1, max: 9999 }), { nil: undefined }),
      preview: fc.record({ maxBytes: fc.option(fc.integer({ min: 64, max: 9999 }), { nil: undefined }) }),
      serviceName: fc.option(fc.stringMatching(/^[a-z]{1,9}$/), { nil: undefined }),
    };
    fc.assert(
      fc.property(
        fc.record(inputs),
        fc.record(inputs),
        fc.record(inputs),
        fc.record(inputs),
        (file, own, code, spec) => {
          const resolved = resolveTracingConfig({
            file: { path: 'a.json', content: file },
            environment: {
              PLANSCOPE_SPAN_BUDGET: own.spanBudget?.toString(),
              PLANSCOPE_PREVIEW_MAX_BYTES: own.preview.maxBytes?.toString(),
              PLANSCOPE_SERVICE_NAME: own.serviceName,
            },
            explicit: code,
            spec,
          });
          const strongestFirst = [spec, code, own, file];
          const names = ['spec', 'explicit', 'environment', 'file'];
          const expectField = (field: string, values: unknown[], actual: unknown, fallback: unknown): void => {
            const winner = values.findIndex((value) => value !== undefined);
            expect(actual).toBe(winner === -1 ? fallback : values[winner]);
            const explained = resolved.explain().find((entry) => entry.field === field);
            expect(explained?.source).toBe(names[winner] ?? 'default');
            expect(explained?.value).toBe(actual);
          };
          const { config } = resolved;
          expectField(
            'spanBudget',
            strongestFirst.map((input) => input.spanBudget),
            config.spanBudget,
            2000,
          );
          expectField(
            'preview.maxBytes',
            strongestFirst.map((input) => input.preview.maxBytes),
            config.preview.maxBytes,
            8192,
          );
          expectField(
            'serviceName',
            strongestFirst.map((input) => input.serviceName),
            config.serviceName,
            'planscope',
          );
        },
      ),
    );
  });

  it('merges records key by key and replaces lists', () => {
    const { config } = resolveTracingConfig({
      environment: { OTEL_RESOURCE_ATTRIBUTES: 'team=search,tier=1', OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=a' },
      explicit: {
        resourceAttributes: { tier: '2' },
        otlp: { headers: { authorization: 'b', 'X-Tenant': 'c' } },
        exporters: ['file'],
      },
      spec: { exporters: ['otlp'] },
    });
    expect(config.resourceAttributes).toEqual({ team: 'search', tier: '2' });
    expect(config.otlp.headers).toEqual({ authorization: 'b', 'x-tenant': 'c' });
    expect(config.exporters).toEqual(['otlp']);
  });

  it('takes the preset from the strongest source that names one', () => {
    const environment = { PLANSCOPE_PRESET: 'Maximal' };
    const preset = (sources: TracingSources) => resolveTracingConfig({ environment, ...sources }).config;
    expect(preset({ file: { path: 'a.json', content: { preset: 'off' } } })).toMatchObject({ preset: 'maximal' });
    expect(preset({ explicit: { preset: 'maximal-no-data' } })).toMatchObject({
      preview: { limit: 0 },
      planDiff: 'on',
    });
    expect(preset({ spec: { preset: 'off' }, preset: 'production-lean' })).toMatchObject({ ruleMode: 'phase-only' });
  });

  it('fills in the rule mode of each phase that has none of its own', () => {
    const { config, explain } = resolveTracingConfig({
      environment: {},
      explicit: { ruleMode: 'full', rulePhases: { logical: 'disabled' } },
    });
    expect(config.rulePhases).toEqual({ analyzer: 'full', logical: 'disabled', physical: 'full' });
    expect(explain().find(({ field }) => field === 'rulePhases.analyzer')).toEqual({
      field: 'rulePhases.analyzer',
      value: 'full',
      source: 'explicit',
    });
  });

  it('treats undefined as not set and gives back something frozen', () => {
    const { config } = resolveTracingConfig({
      environment: {},
      explicit: { spanBudget: undefined, preview: undefined },
    });
    expect(config.spanBudget).toBe(2000);
    expect(() => Object.assign(config.preview, { limit: 9 })).toThrow(TypeError);
    expect(() => (config.exporters as string[]).push('file')).toThrow(TypeError);
  });

  it('does not change its input', () => {
    const explicit = { preview: { redaction: { columns: ['a'] } }, exporters: ['file' as const] };
    resolveTracingConfig({ environment: {}, explicit });
    expect(Object.isFrozen(explicit.exporters)).toBe(false);
    expect(explicit).toEqual({ preview: { redaction: { columns: ['a'] } }, exporters: ['file'] });
  });

  it('reads the environment of the process unless given another', () => {
    process.env.PLANSCOPE_SPAN_BUDGET = '77';
    try {
      expect(resolveTracingConfig().config.spanBudget).toBe(77);
      expect(resolveTracingConfig({ environment: {} }).config.spanBudget).toBe(2000);
    } finally {
      delete process.env.PLANSCOPE_SPAN_BUDGET;
    }
  });

  it('says every problem at once, with field, value, origin and what is allowed', () => {
    const wrong = {
      previw: { limit: 1 },
      limit: 2,
      preview: { max_width: 80, limit: -1, redaction: 'none' },
      ruleMode: 'Full',
      exporters: ['otlp', 'zipkin'],
      customSpanFields: { 'planscope.kind': 'x', ratio: Number.NaN },
      resourceAttributes: { 'service.name': 'x' },
    };
    expect(refusal({ spec: wrong as never, preset: 'minimal' })).toMatchInlineSnapshot(`
      [
        "unknown field previw (from spec); did you mean preview? allowed: enabled, preset, recordMetrics, operatorLayout, ruleMode, rulePhases, planDiff, preview, privacy, detail, instrumentObjectStore, spanBudget, maxAttributeBytes, spanLimits, customSpanFields, filter, exporters, otlp, file, log, queryLog, serviceName, resourceAttributes, exportPolicy",
        "unknown field limit (from spec); did you mean preview.limit? allowed: enabled, preset, recordMetrics, operatorLayout, ruleMode, rulePhases, planDiff, preview, privacy, detail, instrumentObjectStore, spanBudget, maxAttributeBytes, spanLimits, customSpanFields, filter, exporters, otlp, file, log, queryLog, serviceName, resourceAttributes, exportPolicy",
        "unknown field preview.max_width (from spec); did you mean preview.maxWidth? allowed: limit, maxWidth, maxRowHeight, minCompactedColumnWidth, maxBytes, redaction",
        "preview.limit: -1 (from spec) is not allowed; allowed: integer from 0 to 1000",
        "preview.redaction: "none" (from spec) is not allowed; allowed: object with mode, columns, token",
        "ruleMode: "Full" (from spec) is not allowed; allowed: disabled, phase-only, full",
        "exporters: ["otlp","zipkin"] (from spec) is not allowed; allowed: list of otlp | file | log | console | query-log",
        "customSpanFields["planscope.kind"]: "x" (from spec) has a key that is reserved for Planscope and OpenTelemetry, or holds a space; allowed: object of string | number | boolean",
        "customSpanFields["ratio"]: NaN (from spec) is not allowed; allowed: object of string | number | boolean",
        "resourceAttributes["service.name"]: "x" (from spec) has a key that is what serviceName is for, or holds a space; allowed: object of string",
        "preset: "minimal" (from explicit preset) is not allowed; allowed: maximal, maximal-no-data, production-lean, off",
      ]
    `);
  });

  it.each([null, 7, 'maximal', [], new Map(), () => {}])('refuses %o as a configuration', (explicit) => {
    expect(refusal({ explicit: explicit as never })).toHaveLength(1);
  });

  it('never throws anything but a ConfigError, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.object({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
        (explicit) => {
          try {
            resolveTracingConfig({ environment: {}, explicit });
            expect(Object.values(explicit).every((value) => value === undefined)).toBe(true);
          } catch (error) {
            expect(ConfigError.isInstance(error)).toBe(true);
          }
        },
      ),
    );
  });
});
