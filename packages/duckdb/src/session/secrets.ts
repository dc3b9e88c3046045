import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBError } from '../duckdb-error.ts';
import { quoteIdentifier, quoteString } from '../sql/quote.ts';

/** Credentials for the locations below a URL. DuckDB keeps them in memory and never shows them. */
export interface Secret {
  readonly type: 's3' | 'azure' | 'gcs' | 'http';
  /** URL of a bucket or container, for example `s3://bucket`. */
  readonly scope: string;
  /** Parameters of CREATE SECRET, for example `{ KEY_ID: '…', SECRET: '…' }`. */
  readonly values: Readonly<Record<string, string | boolean>>;
}

/** The secrets that a session has created in its instance, one for each scope. */
export class Secrets {
  readonly #connection: DuckDBConnection;
  /** Hashes of the statements, by scope. */
  readonly #created = new Map<string, string>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * Creates the secret of a scope, or replaces it if its values have changed.
   *
   * @throws DuckDBError `secret-refused`, without the values
   */
  async use(secret: Secret): Promise<void> {
    const statement = createSecret(secret);
    const hash = createHash('sha256').update(statement).digest('hex');
    if (this.#created.get(secret.scope) === hash) return;
    try {
      await this.#connection.run(statement);
    } catch (error) {
      // DuckDB's message may quote the statement, which contains the credentials.
      const reason = /^[A-Za-z ]+ Error/.exec(String((error as Error).message))?.[0] ?? 'an error';
      const text = `DuckDB refused the ${secret.type} secret for ${secret.scope} with ${reason}`;
      throw new DuckDBError('secret-refused', text);
    }
    this.#created.set(secret.scope, hash);
  }
}

function createSecret({ type, scope, values }: Secret): string {
  const parameters = Object.entries({ SCOPE: scope, ...values }).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? quoteString(value) : value}`,
  );
  const name = `planscope_${createHash('sha256').update(scope).digest('hex').slice(0, 16)}`;
  return `CREATE OR REPLACE TEMPORARY SECRET ${quoteIdentifier(name)} (TYPE ${type}, ${parameters.join(', ')})`;
}
