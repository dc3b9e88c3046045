import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSpanRecorder } from '@planscope/testing';
import type { ObjectStore } from '../../src/contract/object-store.ts';
import { ObjectStoreError } from '../../src/contract/object-store-error.ts';
import { FileStore } from '../../src/file/file-store.ts';
import { instrumentStore } from '../../src/instrument/instrument-store.ts';

/** How one call ended. */
export interface LoggedFailure {
  readonly call: string;
  readonly kind: string;
  readonly store: string | undefined;
  readonly path: string | undefined;
  /** Of the system, from the cause. */
  readonly code: string | undefined;
  /** What the span says. */
  readonly errorType: unknown;
  /** Every file below the root after the call with its size, those of unfinished writes too. */
  readonly files: readonly string[];
}

/** A traced store of files and how its calls fail, for a process that has nothing but its output. */
export class FailureLog {
  readonly store: ObjectStore;
  readonly #root: string;
  readonly #recorder = createSpanRecorder();
  readonly #failures: LoggedFailure[] = [];

  constructor(root: string) {
    this.#root = root;
    this.store = instrumentStore(new FileStore({ root }), { tracerProvider: this.#recorder.tracerProvider });
  }

  /** @param then what is to be done before the files are looked at */
  async note(call: string, run: () => Promise<unknown>, then?: () => Promise<unknown>): Promise<void> {
    const error = await run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const errorType = this.#recorder.spans().at(-1)?.attributes['error.type'];
    await then?.();
    const { kind, store, path } = ObjectStoreError.isInstance(error)
      ? error
      : { kind: error === undefined ? 'succeeded' : `not ours: ${error}`, store: undefined, path: undefined };
    const { code } = ((error as Error | undefined)?.cause ?? {}) as NodeJS.ErrnoException;
    this.#failures.push({ call, kind, store, path, code, errorType, files: await this.#files() });
  }

  print(): void {
    console.log(JSON.stringify({ failures: this.#failures, openSpans: this.#recorder.openSpans() }));
  }

  async #files(): Promise<string[]> {
    const entries = await readdir(this.#root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    const size = async (file: string): Promise<string> => `${(await stat(file)).size}`;
    return Promise.all(files.map(async ({ name, parentPath }) => `${name} ${await size(join(parentPath, name))}`));
  }
}
