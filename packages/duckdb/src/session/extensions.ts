import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { connectOwn } from '@planscope/internal/own-connection';
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
  /**
   * Time limit for the download of one extension that Planscope itself asks for, in milliseconds. Default: 60,000, in which
   * a slow network of 4 Mbit/s transfers the largest extensions. An extension that only the SQL of a query needs is
   * downloaded by DuckDB, which gives up after about two minutes without an answer.
   */
  readonly installLimit?: number;
}

const DEFAULT_INSTALL_LIMIT_MS = 60_000;
/** The longest that a timer of Node waits. */
const MOST_MS = 2 ** 31 - 1;

/** @throws DuckDBError `invalid-option` for a limit that is not a time */
export function checkInstallLimit({ installLimit }: ExtensionOptions): void {
  if (installLimit === undefined) return;
  if (Number.isSafeInteger(installLimit) && installLimit > 0 && installLimit <= MOST_MS) return;
  const text = `installLimit is ${String(installLimit)}; it must be a whole number of milliseconds from 1 to ${MOST_MS}`;
  throw new DuckDBError('invalid-option', text);
}

const NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * The extensions of one instance, each loaded once. An extension is never downloaded unless the program permits it.
 */
export class Extensions {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #options: ExtensionOptions;
  readonly #loading = new Map<string, Promise<void>>();

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, options: ExtensionOptions) {
    this.#instance = instance;
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
    const { installLimit = DEFAULT_INSTALL_LIMIT_MS } = this.#options;
    try {
      await this.#download(name, installLimit);
      await this.#run(`LOAD ${name}`);
    } catch (error) {
      if (error instanceof LimitExceeded) {
        const text = `its download did not end within ${installLimit} ms (installLimit); let this machine reach DuckDB's repository, run INSTALL ${name} before, or give its file in "extensions"`;
        throw missing(name, text, undefined);
      }
      throw missing(name, 'it is not installed and cannot be downloaded', error);
    }
  }

  /**
   * Downloads on a connection of its own: DuckDB heeds no interrupt while it waits for the network, and holds the
   * connection, and a thread of libuv's pool, until it gives up.
   *
   * @throws LimitExceeded
   */
  async #download(name: string, limit: number): Promise<void> {
    const connection = await connectOwn(this.#instance);
    const download = connection.run(`INSTALL ${name}`).finally(() => connection.disconnectSync());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new LimitExceeded());
        // It may still end well; the next call then finds the extension.
        download.then(
          () => this.#loading.delete(name),
          () => {},
        );
      }, limit);
    });
    try {
      await Promise.race([download, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #run(statement: string): Promise<void> {
    await this.#connection.run(statement);
  }
}

class LimitExceeded extends Error {}

function missing(name: string, reason: string, cause: unknown): DuckDBError {
  const text = `extension ${name} is not available: ${reason}`;
  return new DuckDBError('extension-missing', text, cause === undefined ? undefined : { cause });
}
