import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type FileSpan, readTraceFile } from '@planscope/testing';
import { build, type Options } from 'tsup';
import { packageBuild } from '../../../tsup.base.ts';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** What a program of the room did. */
export interface ProgramRun {
  readonly output: string;
  readonly errors: string;
  /** The spans that the pipeline wrote, if it was started. */
  readonly spans: readonly FileSpan[];
}

export interface ProgramOptions {
  /** Default: `--import @planscope/duckdb/register`. */
  readonly flags?: readonly string[];
  /** Default: the pipeline writes into a file. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A project with the packages as they are published and their dependencies, without a loader for TypeScript. */
export class RegisterRoom {
  readonly folder: string;
  #runs = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<RegisterRoom> {
    const room = new RegisterRoom(await mkdtemp(join(tmpdir(), 'planscope-register-')));
    // The driver and its copies are those of the package `duckdb`, so it comes first.
    for (const name of ['duckdb', ...(await readdir(packages))]) await room.#linkDependencies(name);
    for (const name of ['duckdb', 'bootstrap', 'config']) await room.#install(name);
    return room;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  /** Copies the driver to another place, so that the program loads it twice. */
  async copyDriver(
    dependent: string,
    driver: string = join(packages, 'duckdb/node_modules/@duckdb/node-api'),
  ): Promise<void> {
    const folder = join(this.folder, 'node_modules', dependent);
    const copy = join(folder, 'node_modules/@duckdb/node-api');
    await mkdir(join(copy, '..'), { recursive: true });
    await cp(driver, copy, { recursive: true, dereference: true });
    const bindings = join(driver, '../node-bindings');
    await symlink(bindings, join(copy, '../node-bindings')).catch(() => {});
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: dependent, main: 'index.cjs' }));
    await writeFile(join(folder, 'index.cjs'), `module.exports = require('@duckdb/node-api');`);
  }

  async run(program: string, { flags = REGISTER, environment }: ProgramOptions = {}): Promise<ProgramRun> {
    this.#runs += 1;
    const path = join(this.folder, `traces-${this.#runs}.jsonl`);
    const variables = environment ?? { PLANSCOPE_EXPORTERS: 'file', PLANSCOPE_FILE_PATH: path };
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PLANSCOPE_|OTEL_|NODE_OPTIONS$|NODE_PATH$)/.test(name),
    );
    const { stdout, stderr } = await run(process.execPath, [...flags, program], {
      cwd: this.folder,
      env: { ...Object.fromEntries(inherited), ...variables },
      timeout: 60_000,
    });
    const isWritten = await readFile(path).then(
      () => true,
      () => false,
    );
    return { output: stdout, errors: stderr, spans: isWritten ? readTraceFile(path) : [] };
  }

  async #install(name: string): Promise<void> {
    const folder = join(this.folder, 'node_modules/@planscope', name);
    const source = join(packages, name);
    await mkdir(folder, { recursive: true });
    await cp(join(source, 'package.json'), join(folder, 'package.json'));
    const entry =
      name === 'duckdb'
        ? {
            index: 'src/index.ts',
            register: 'src/register/register.ts',
            instrumentation: 'src/instrumentation/index.ts',
          }
        : { index: 'src/index.ts' };
    const entries = Object.entries(entry).map(([output, file]) => [output, join(source, file)]);
    const options = packageBuild(Object.fromEntries(entries), {
      dts: false,
      sourcemap: false,
      silent: true,
      outDir: join(folder, 'dist'),
      tsconfig: join(source, 'tsconfig.json'),
      // Other packages of Planscope become part of these, from their sources.
      noExternal: [/^@planscope\/(?!bootstrap$|config$)/],
      external: [/^(?!@planscope\/|[./])/, '@planscope/bootstrap', '@planscope/config'],
      esbuildOptions: (esbuild) => {
        esbuild.conditions = ['@planscope/source'];
      },
    });
    await build({ config: false, ...(options as Options) });
  }

  /** Links what a package depends on, which a package manager would put beside it. */
  async #linkDependencies(name: string): Promise<void> {
    const source = join(packages, name, 'node_modules');
    for (const dependency of await readdir(source).catch(() => [])) {
      if (dependency.startsWith('.') || dependency === '@planscope') continue;
      const names = dependency.startsWith('@')
        ? (await readdir(join(source, dependency))).map((inner) => `${dependency}/${inner}`)
        : [dependency];
      for (const wanted of names) {
        const link = join(this.folder, 'node_modules', wanted);
        await mkdir(join(link, '..'), { recursive: true });
        await symlink(join(source, wanted), link).catch(() => {});
      }
    }
  }
}

export const REGISTER: readonly string[] = ['--import', '@planscope/duckdb/register'];
