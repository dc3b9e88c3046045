import type { FieldExplanation, PreviewRedaction, ResolvedTracing, TracingConfig } from '@planscope/config';
import type { RuntimeSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';

/** What a specification may show beyond the tracing configuration of the program; nothing by default. */
export interface SpecificationRights {
  /** Set `privacy` switches to `keep` that the program has on `redact`. */
  readonly loosenPrivacy?: boolean;
  /** Have larger previews than the program, or hide fewer columns in them. */
  readonly loosenPreview?: boolean;
}

interface Guarded {
  readonly field: string;
  readonly right: keyof SpecificationRights;
  /** What would be right; undefined where the specification shows no more than the program. */
  readonly excess: (asked: TracingConfig, program: TracingConfig) => string | undefined;
}

const PRIVACY_SWITCHES = ['sqlLiterals', 'planLiterals', 'errorMessages'] as const;
const PREVIEW_SIZES = ['limit', 'maxBytes'] as const;
/** Sizes of which 0 means any. */
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
 * Holds a specification to what the program shows: it may redact more and preview less, not the opposite.
 *
 * @param asked the configuration with the fields of the specification
 * @param program the configuration without them
 * @throws SpecError `not-permitted` that names the first field that shows more than the program
 */
export function checkCeiling(
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

/** Under a deny list an allow list is safe only if it is empty: what it shows may hold what the other hides. */
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
