import {
  type FieldExplanation,
  type PresetName,
  type PreviewRedaction,
  type ResolvedTracing,
  resolveTracingConfig,
  type TracingConfig,
  type TracingConfigInput,
} from '@planscope/config';
import type { RuntimeSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { EngineOptions, SpecificationRights } from './engine-options.ts';

/** Fields of the export pipeline, which is already running when a specification is read. */
const PIPELINE_FIELDS: readonly (keyof TracingConfigInput)[] = [
  'exporters',
  'exportPolicy',
  'file',
  'otlp',
  'resourceAttributes',
  'serviceName',
  'spanLimits',
];

/**
 * The tracing configuration of one run: the engine's configuration, overridden by the fields of the specification.
 *
 * @throws ConfigError with every invalid field
 * @throws SpecError `invalid-spec` for a field that a single run cannot set, `not-permitted` for a field that records
 * more than the program allows
 */
export function runTracing(options: EngineOptions, runtime: RuntimeSpec = {}): ResolvedTracing {
  const { tracing = {}, tracingPreset } = runtime;
  const field = PIPELINE_FIELDS.find((name) => name in tracing);
  if (field !== undefined) {
    const message = 'belongs to the pipeline that exports all runs; set it where the tracing is started';
    throw new SpecError('invalid-spec', `runtime.tracing.${field}`, message);
  }
  if (tracingPreset === undefined && Object.keys(tracing).length === 0) return engineTracing(options);
  const asked = resolve(
    options,
    tracingPreset === undefined ? tracing : { ...tracing, preset: tracingPreset as PresetName },
  );
  checkCeiling(asked, engineTracing(options), runtime, options.specificationMay ?? {});
  return asked;
}

interface EngineTracing extends Pick<EngineOptions, 'tracing' | 'configFile'> {
  readonly variables: string;
  readonly resolved: ResolvedTracing;
}

const known = new WeakMap<EngineOptions, EngineTracing>();

/** The configuration of runs whose specification sets no field. It is resolved again only if a variable has changed. */
function engineTracing(options: EngineOptions): ResolvedTracing {
  const { tracing, configFile, environment = process.env } = options;
  const variables = relevantVariables(environment);
  const earlier = known.get(options);
  const isSame = earlier?.variables === variables && earlier.tracing === tracing && earlier.configFile === configFile;
  if (isSame) return earlier.resolved;
  const resolved = resolve(options, {});
  const sources = { ...(tracing && { tracing }), ...(configFile && { configFile }) };
  known.set(options, { ...sources, variables, resolved });
  return resolved;
}

function relevantVariables(environment: NonNullable<EngineOptions['environment']>): string {
  const names = Object.keys(environment).filter((name) => /^(?:OTEL|PLANSCOPE)_/.test(name));
  return JSON.stringify(names.map((name) => [name, environment[name]]));
}

function resolve(options: EngineOptions, spec: TracingConfigInput): ResolvedTracing {
  return resolveTracingConfig({
    explicit: options.tracing ?? {},
    spec,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.configFile === undefined ? {} : { file: options.configFile }),
  });
}

interface Guarded {
  readonly field: string;
  readonly right: keyof SpecificationRights;
  /** A valid value; undefined if the specification records no more than the program. */
  readonly excess: (asked: TracingConfig, program: TracingConfig) => string | undefined;
}

const PRIVACY_SWITCHES = ['sqlLiterals', 'planLiterals', 'errorMessages'] as const;
const PREVIEW_SIZES = ['limit', 'maxBytes'] as const;
/** Sizes for which 0 means unlimited. */
const PREVIEW_SHAPE = ['maxWidth', 'maxRowHeight'] as const;

const guarded: readonly Guarded[] = [
  ...PRIVACY_SWITCHES.map(
    (name): Guarded => ({
      field: `privacy.${name}`,
      right: 'loosenPrivacy',
      excess: (asked, program) =>
        asked.privacy[name] === 'keep' && program.privacy[name] === 'redact' ? 'use "redact"' : undefined,
    }),
  ),
  ...PREVIEW_SIZES.map(
    (name): Guarded => ({
      field: `preview.${name}`,
      right: 'loosenPreview',
      excess: (asked, program) =>
        asked.preview[name] > program.preview[name] ? `use at most ${program.preview[name]}` : undefined,
    }),
  ),
  ...PREVIEW_SHAPE.map(
    (name): Guarded => ({
      field: `preview.${name}`,
      right: 'loosenPreview',
      excess: (asked, program) => {
        const [wanted, most] = [asked.preview[name], program.preview[name]];
        return most > 0 && (wanted === 0 || wanted > most) ? `use a number from 1 to ${most}` : undefined;
      },
    }),
  ),
  {
    field: 'preview.redaction.mode',
    right: 'loosenPreview',
    excess: (asked, program) => excessMode(asked.preview.redaction, program.preview.redaction),
  },
  {
    field: 'preview.redaction.columns',
    right: 'loosenPreview',
    excess: (asked, program) => excessColumns(asked.preview.redaction, program.preview.redaction),
  },
];

/**
 * Checks that a specification does not record more than the program. It may redact more and preview less.
 *
 * @param asked the configuration with the fields of the specification
 * @param program the configuration without them
 * @throws SpecError `not-permitted` with the first field that records more than the program
 */
function checkCeiling(
  asked: ResolvedTracing,
  program: ResolvedTracing,
  runtime: RuntimeSpec,
  rights: SpecificationRights,
): void {
  for (const { field, right, excess } of guarded) {
    if (rights[right] === true) continue;
    const remedy = excess(asked.config, program.config);
    if (remedy === undefined) continue;
    const explained = asked.explain().find((explanation) => explanation.field === field);
    throw refusal(field, explained, runtime, `${remedy}, or have the program set specificationMay.${right}`);
  }
}

function refusal(
  field: string,
  explained: FieldExplanation | undefined,
  { tracingPreset }: RuntimeSpec,
  remedy: string,
): SpecError {
  const value = JSON.stringify(explained?.value);
  if (explained?.source === 'spec') {
    const message = `${value} shows more than the program allows; ${remedy}`;
    return new SpecError('not-permitted', `runtime.tracing.${field}`, message);
  }
  const place = tracingPreset === undefined ? 'runtime.tracing.preset' : 'runtime.tracingPreset';
  const message = `"${explained?.origin}" has ${field}: ${value}, which shows more than the program allows; in runtime.tracing.${field} ${remedy}`;
  return new SpecError('not-permitted', place, message);
}

/** If the program has a deny list, an allow list is safe only if it is empty, because it could show a hidden column. */
function excessMode(asked: PreviewRedaction, program: PreviewRedaction): string | undefined {
  if (program.mode === 'none' || asked.mode === program.mode) return undefined;
  if (asked.mode === 'allow-list' && asked.columns.length === 0) return undefined;
  return program.mode === 'deny-list'
    ? 'use "deny-list", or "allow-list" without columns, which hides all'
    : 'use "allow-list"';
}

function excessColumns(asked: PreviewRedaction, program: PreviewRedaction): string | undefined {
  if (program.mode === 'none' || asked.mode !== program.mode) return undefined;
  if (program.mode === 'deny-list') {
    const missing = beyond(program.columns, asked.columns);
    return missing.length === 0 ? undefined : `also hide ${missing.join(', ')}`;
  }
  const further = beyond(asked.columns, program.columns);
  return further.length === 0 ? undefined : `leave out ${further.join(', ')}`;
}

function beyond(columns: readonly string[], others: readonly string[]): string[] {
  return columns.filter((column) => !others.includes(column));
}
