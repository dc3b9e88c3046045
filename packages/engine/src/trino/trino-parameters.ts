import type { ParameterValue, QueryParameters } from '@planscope/duckdb';
import { sqlTokens } from '@planscope/redaction';
import type { TrinoSession } from '@planscope/trino';
import { checkParameterNames } from '../input/run-parameters.ts';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { TrinoPackage } from './load-trino.ts';

/** A statement with `?` for each parameter, and their values in order. */
export interface BoundStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The values of the parameters of one run, as Trino takes them. */
export class TrinoParameters {
  /** Types and values by name, for the envelope; undefined without parameters. */
  readonly identity: Readonly<Record<string, string>> | undefined;
  readonly #values = new Map<string, unknown>();

  /** @throws SpecError `invalid-parameter` */
  constructor(trino: TrinoPackage, session: TrinoSession, spec: ExecutionSpec, given: QueryParameters) {
    checkParameterNames(spec, given);
    const identity: Record<string, string> = {};
    for (const [name, value] of Object.entries(given)) {
      const field = `parameters.${name}`;
      try {
        const bound = parameterValue(trino, value);
        identity[name.toLowerCase()] = session.literal(bound, field);
        this.#values.set(name.toLowerCase(), bound);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new SpecError('invalid-parameter', field, reason, { cause: error });
      }
    }
    this.identity = this.#values.size === 0 ? undefined : identity;
  }

  /** Replaces each `$name` outside of literals and comments. */
  bind(sql: string): BoundStatement {
    if (this.#values.size === 0) return { sql, parameters: [] };
    const parameters: unknown[] = [];
    let bound = '';
    let copied = 0;
    let dollar: number | undefined;
    for (const { text, start } of sqlTokens(sql, { maxCharacters: Math.max(sql.length, 1) })) {
      const place = dollar ?? (text.startsWith('$') ? start : undefined);
      const name = dollar === undefined ? text.slice(1) : text.replaceAll('"', '');
      dollar = text === '$' ? start : undefined;
      if (place === undefined || !this.#values.has(name.toLowerCase())) continue;
      bound += `${sql.slice(copied, place)}?`;
      copied = start + text.length;
      parameters.push(this.#values.get(name.toLowerCase()));
    }
    return { sql: bound + sql.slice(copied), parameters };
  }
}

function parameterValue({ typedValue }: TrinoPackage, value: ParameterValue): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('value' in value)) return value;
  return typedValue(value.type, castable(value.value));
}

/** A value as text that Trino casts to any type. */
function castable(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', ' UTC');
  if (typeof value === 'object') {
    throw new Error('a value of this kind cannot be cast to a type; pass it without a type, or as text');
  }
  return String(value);
}
