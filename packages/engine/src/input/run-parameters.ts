import {
  type BoundParameter,
  type DuckDBSession,
  parameterLiteral,
  parameterNames,
  type QueryParameters,
} from '@planscope/duckdb';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';

/** The values of the parameters of one run. */
export class RunParameters {
  readonly #session: DuckDBSession;
  readonly #given: QueryParameters;
  #bound: readonly BoundParameter[] = [];

  /** @throws SpecError `invalid-parameter` if the views use a parameter without a value, or a value has no parameter */
  constructor(session: DuckDBSession, spec: ExecutionSpec, given: QueryParameters) {
    this.#session = session;
    this.#given = given;
    checkParameterNames(spec, given);
  }

  /**
   * Converts the values, once, before anything else of the run.
   *
   * @throws SpecError `invalid-parameter` for a value or type that cannot be bound
   */
  async bind(): Promise<void> {
    for (const [name, value] of Object.entries(this.#given)) {
      try {
        this.#bound = [...this.#bound, ...(await this.#session.bindable({ [name]: value }))];
      } catch (error) {
        throw invalid(`parameters.${name}`, error instanceof Error ? error.message : String(error), error);
      }
    }
  }

  /** The values as they are bound; empty before `bind`. */
  get bound(): readonly BoundParameter[] {
    return this.#bound;
  }

  /** Types and values by name, for the hash of the envelope; undefined without parameters. */
  get identity(): Readonly<Record<string, string>> | undefined {
    if (this.#bound.length === 0) return undefined;
    const entries = this.#bound.map((parameter) => [
      parameter.name.toLowerCase(),
      `${parameter.type} ${parameterLiteral(parameter)}`,
    ]);
    return Object.fromEntries(entries);
  }
}

/** @throws SpecError `invalid-parameter` if the views use a parameter without a value, or a value has no parameter */
export function checkParameterNames({ views = [] }: ExecutionSpec, given: QueryParameters): void {
  const values = new Set<string>();
  for (const name of Object.keys(given)) {
    const key = name.toLowerCase();
    if (values.has(key)) throw invalid(`parameters.${name}`, 'another parameter differs from it only in case');
    values.add(key);
  }
  const used = new Set<string>();
  for (const [index, { sql }] of views.entries()) {
    const { names, positional } = parameterNames(sql);
    const field = `views[${index}].sql`;
    if (positional !== undefined) {
      throw invalid(field, `the query has the parameter ${positional} without a name; give it one, as in $day`);
    }
    const missing = [...names].filter((name) => !values.has(name));
    if (missing.length > 0) {
      const list = missing.map((name) => `$${name}`).join(', ');
      throw invalid(field, `the query needs values for ${list}; pass them as the option "parameters" of the run`);
    }
    for (const name of names) used.add(name);
  }
  const unused = Object.keys(given).find((name) => !used.has(name.toLowerCase()));
  if (unused !== undefined) {
    const known = [...used].map((name) => `$${name}`).join(', ');
    throw invalid(
      `parameters.${unused}`,
      `no query uses $${unused}; ${known === '' ? 'the queries have no parameters' : `they use ${known}`}`,
    );
  }
}

function invalid(field: string, message: string, cause?: unknown): SpecError {
  return new SpecError('invalid-parameter', field, message, cause === undefined ? undefined : { cause });
}
