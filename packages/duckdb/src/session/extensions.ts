import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBError } from '../duckdb-error.ts';
import { quoteString } from '../sql/quote.ts';

/** Where the extensions of a session come from. */
export interface ExtensionOptions {
  /** Paths of extension files by name of the extension, for example `{ httpfs: '/opt/duckdb/httpfs.duckdb_extension' }`. */
  readonly extensions?: Readonly<Record<string, string>>;
  /**
   * Whether an extension that is not installed may be downloaded from DuckDB's repository, also one that only the SQL of
   * a query needs. Default: false, unless `settings` has `autoinstall_known_extensions` for the SQL.
   */
  readonly installExtensions?: boolean;
}

const NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * The extensions of one instance, each loaded once. An extension is never downloaded unless the program permits it.
 */
export class Extensions {
  readonly #connection: DuckDBConnection;
  readonly #options: ExtensionOptions;
  readonly #loading = new Map<string, Promise<void>>();

  constructor(connection: DuckDBConnection, options: ExtensionOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /**
   * Loads an extension, unless it is loaded already. A failure is remembered, too.
   *
   * @param name one of DuckDB's names, for example `httpfs`
   * @throws DuckDBError `extension-missing` with DuckDB's error as its cause
   */
  load(name: string): Promise<void> {
    let loading = this.#loading.get(name);
    if (loading === undefined) {
      loading = this.#load(name);
      this.#loading.set(name, loading);
    }
    return loading;
  }

  async #load(name: string): Promise<void> {
    if (!NAME.test(name)) {
      const text = `extension ${JSON.stringify(name)} is not a name; use one of DuckDB's names, for example "httpfs"`;
      throw new DuckDBError('invalid-option', text);
    }
    const { extensions = {}, installExtensions = false } = this.#options;
    const file = Object.hasOwn(extensions, name) ? extensions[name] : undefined;
    try {
      await this.#run(`LOAD ${file === undefined ? name : quoteString(file)}`);
    } catch (error) {
      if (file !== undefined) throw missing(name, `the file ${JSON.stringify(file)} cannot be loaded`, error);
      if (!installExtensions) {
        const text = `it is not installed; run INSTALL ${name} once, give its file in "extensions", or set "installExtensions"`;
        throw missing(name, text, error);
      }
      await this.#install(name);
    }
  }

  async #install(name: string): Promise<void> {
    try {
      await this.#run(`INSTALL ${name}`);
      await this.#run(`LOAD ${name}`);
    } catch (error) {
      throw missing(name, 'it is not installed and cannot be downloaded', error);
    }
  }

  async #run(statement: string): Promise<void> {
    await this.#connection.run(statement);
  }
}

function missing(name: string, reason: string, cause: unknown): DuckDBError {
  return new DuckDBError('extension-missing', `extension ${name} is not available: ${reason}`, { cause });
}
