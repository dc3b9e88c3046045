import type { PrivacyConfig, TracingConfigInput } from '@planscope/config';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type EngineOptions, type RuntimeSpec, SpecError } from '../src/index.ts';

const SECRET = 'hunter2hunter2';

let recorder: SpanRecorder;
let engine: Engine | undefined;

beforeEach(() => {
  recorder = createSpanRecorder();
});
afterEach(() => engine?.close());

/** Runs a query that holds a secret, and says whether the trace shows it. */
async function shows(runtime: RuntimeSpec, options: EngineOptions = {}): Promise<boolean> {
  engine = await createEngine({ environment: {}, tracerProvider: recorder.tracerProvider, ...options });
  await engine.run({
    version: 1,
    views: [{ name: 'v', sql: `SELECT range || '${SECRET}' AS a, range AS password FROM range(3)` }],
    outputs: [{ name: 'out', from: 'v' }],
    runtime,
  });
  return recorder.spans().some(({ attributes }) => JSON.stringify(attributes).includes(SECRET));
}

async function refusal(runtime: RuntimeSpec, options?: EngineOptions): Promise<{ field: string; message: string }> {
  const error = await shows(runtime, options).catch((thrown: unknown) => thrown);
  if (!SpecError.isInstance(error)) throw new Error(`no SpecError but ${String(error)}`);
  expect(error.code).toBe('not-permitted');
  const names = recorder.spans().map(({ name }) => name);
  expect(names).toEqual(['planscope.execute']);
  return { field: error.field, message: error.message };
}

const maximal: TracingConfigInput = { preset: 'maximal' };

describe('by default a specification', () => {
  it.each(['sqlLiterals', 'planLiterals', 'errorMessages'] as const)('cannot keep %s', async (name) => {
    expect(await refusal({ tracing: { privacy: { [name]: 'keep' } } })).toEqual({
      field: `runtime.tracing.privacy.${name}`,
      message: `[planscope/engine] runtime.tracing.privacy.${name}: "keep" shows more than the program allows; use "redact", or have the program set specificationMay.loosenPrivacy`,
    });
  });

  it.each<[string, RuntimeSpec, string]>([
    ['tracingPreset', { tracingPreset: 'maximal' }, 'runtime.tracingPreset'],
    ['tracing.preset', { tracing: { preset: 'maximal' } }, 'runtime.tracing.preset'],
  ])('cannot show rows by %s', async (_, runtime, field) => {
    expect(await refusal(runtime)).toEqual({
      field,
      message: `[planscope/engine] ${field}: "maximal" has preview.limit: 5, which shows more than the program allows; in runtime.tracing.preview.limit use at most 0, or have the program set specificationMay.loosenPreview`,
    });
  });

  it.each<[string, TracingConfigInput, TracingConfigInput, string]>([
    ['more rows', maximal, { preview: { limit: 6 } }, 'preview.limit'],
    ['more bytes', maximal, { preview: { maxBytes: 8193 } }, 'preview.maxBytes'],
    ['wider tables', maximal, { preview: { maxWidth: 97 } }, 'preview.maxWidth'],
    ['tables of any width', maximal, { preview: { maxWidth: 0 } }, 'preview.maxWidth'],
    ['higher rows', maximal, { preview: { maxRowHeight: 5 } }, 'preview.maxRowHeight'],
    ['every column', maximal, { preview: { redaction: { mode: 'none' } } }, 'preview.redaction.mode'],
    [
      'what its own list allows',
      maximal,
      { preview: { redaction: { mode: 'allow-list', columns: ['password'] } } },
      'preview.redaction.mode',
    ],
    [
      'what only the list of the program hides',
      maximal,
      { preview: { redaction: { mode: 'deny-list', columns: ['a'] } } },
      'preview.redaction.columns',
    ],
    [
      'more than the allow list of the program',
      { ...maximal, preview: { redaction: { mode: 'allow-list', columns: ['a'] } } },
      { preview: { redaction: { mode: 'allow-list', columns: ['a', 'password'] } } },
      'preview.redaction.columns',
    ],
    [
      'all but a few columns under an allow list',
      { ...maximal, preview: { redaction: { mode: 'allow-list', columns: ['a'] } } },
      { preview: { redaction: { mode: 'deny-list', columns: ['password'] } } },
      'preview.redaction.mode',
    ],
  ])('cannot have previews show %s', async (_, program, tracing, field) => {
    expect((await refusal({ tracing }, { tracing: program })).field).toBe(`runtime.tracing.${field}`);
  });

  it.each<[string, TracingConfigInput]>([
    ['fewer rows', { preview: { limit: 1 } }],
    ['no rows', { preview: { limit: 0 } }],
    ['smaller tables', { preview: { maxWidth: 40, maxRowHeight: 1, maxBytes: 100 } }],
    ['no columns', { preview: { redaction: { mode: 'allow-list', columns: [] } } }],
  ])('can have previews show %s', async (_, tracing) => {
    await expect(shows({ tracing }, { tracing: maximal })).resolves.toBeTypeOf('boolean');
  });

  it('can hide one column more', async () => {
    const columns = ['secret'];
    const program: TracingConfigInput = { ...maximal, preview: { redaction: { mode: 'deny-list', columns } } };
    const tracing: TracingConfigInput = { preview: { redaction: { mode: 'deny-list', columns: ['a', 'secret'] } } };
    expect(await shows({}, { tracing: program })).toBe(true);
    await engine?.close();
    recorder.clear();
    expect(await shows({ tracing }, { tracing: program })).toBe(false);
  });

  it('can redact what the program keeps', async () => {
    const kept: PrivacyConfig = { sqlLiterals: 'keep', planLiterals: 'keep', errorMessages: 'keep' };
    const redacted: PrivacyConfig = { sqlLiterals: 'redact', planLiterals: 'redact', errorMessages: 'redact' };
    expect(await shows({ tracing: { privacy: redacted } }, { tracing: { privacy: kept } })).toBe(false);
  });

  it('can name a preset whose rows it leaves out', async () => {
    expect(await shows({ tracingPreset: 'maximal', tracing: { preview: { limit: 0 } } })).toBe(false);
  });
});

describe('what the program says is not limited', () => {
  it('in code', async () => {
    expect(await shows({}, { tracing: { privacy: { sqlLiterals: 'keep' } } })).toBe(true);
  });

  it('by the environment, under whichever preset a specification names', async () => {
    const environment = { PLANSCOPE_PREVIEW_LIMIT: '2' };
    expect(await shows({ tracingPreset: 'maximal' }, { environment })).toBe(true);
  });
});

describe('specificationMay', () => {
  it('lets a specification keep literals with loosenPrivacy', async () => {
    const specificationMay = { loosenPrivacy: true };
    expect(await shows({ tracing: { privacy: { sqlLiterals: 'keep' } } }, { specificationMay })).toBe(true);
  });

  it('lets a specification show rows with loosenPreview', async () => {
    expect(await shows({ tracingPreset: 'maximal' }, { specificationMay: { loosenPreview: true } })).toBe(true);
  });

  it('grants one right only', async () => {
    const specificationMay = { loosenPreview: true };
    const { field } = await refusal({ tracing: { privacy: { sqlLiterals: 'keep' } } }, { specificationMay });
    expect(field).toBe('runtime.tracing.privacy.sqlLiterals');
  });
});
