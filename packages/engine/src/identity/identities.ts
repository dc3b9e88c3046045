import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { InputSource } from '../input/input-source.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import type { ExecutionSpec, InputFormat } from '../spec/execution-spec.ts';

/** Two runs whose three identities are equal are replays of each other. */
export interface RunIdentities {
  /** Hash of the specification without `runtime`. */
  readonly specHash: string;
  /** Hash of the engine version, the settings, the inputs and the values of parameters. */
  readonly envelopeHash: string;
  /** Hash of the rules in effect. */
  readonly rulepackFingerprint: string;
}

/** One object of an input, as the store described it when the run started. */
export interface InputIdentity {
  readonly name: string;
  /** Location without credentials. */
  readonly location: string;
  readonly format: InputFormat;
  /** Size in bytes; of a table, the size of the file that holds its version, or null if there is none. */
  readonly size: number | null;
  readonly etag: string | null;
  /** Version or snapshot of a table. */
  readonly version?: number | string;
}

/** The identities of the objects of one input. */
export function inputIdentities(relation: RelationNode, { objects, table }: InputSource): InputIdentity[] {
  const { format, location } = relation;
  const version = table === undefined ? {} : { version: table.version };
  return relation.names.flatMap((name): InputIdentity[] => {
    if (objects.length === 0) return [{ name, location, format, size: null, etag: null, ...version }];
    return objects.map(({ url, meta: { size, eTag } }) => ({
      name,
      location: url,
      format,
      size,
      etag: eTag ?? null,
      ...version,
    }));
  });
}

export interface Envelope {
  readonly engine: { readonly name: string; readonly version: string };
  /** Version of Planscope itself. */
  readonly planscope: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly inputs: readonly InputIdentity[];
  /** Types and values of the parameters by name; absent without parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** SHA-256 of the specification as canonical JSON, without `runtime`, which only affects tracing. */
export function specHash({ runtime: _, ...spec }: ExecutionSpec): string {
  return canonicalHash(spec);
}

/** SHA-256 of the envelope, with the inputs sorted by name and location. */
export function envelopeHash(envelope: Envelope): string {
  const key = (input: InputIdentity): string => `${input.name}\0${input.location}`;
  const inputs = [...envelope.inputs].sort((left, right) => (key(left) < key(right) ? -1 : 1));
  return canonicalHash({ ...envelope, inputs });
}

/** SHA-256 of the names of the rules in effect, for each phase in execution order. */
export function rulepackFingerprint(
  rules: Readonly<Record<'analyzer' | 'optimizer' | 'physical', readonly string[]>>,
): string {
  return canonicalHash(rules);
}

// The package is CommonJS but its types describe an ES module; the default import is the function itself.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** SHA-256 in hexadecimal of a JSON value in the canonical form of RFC 8785, so that equal values have equal hashes. */
export function canonicalHash(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('[planscope/engine] the value to hash is not a JSON value');
  return createHash('sha256').update(text).digest('hex');
}
