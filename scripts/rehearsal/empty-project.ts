import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FileSpan, readTraceFile } from '../../packages/testing/src/index.ts';
import { runSuccessfully } from '../collector/run-program.ts';

/** The module systems a program can be of, by the ending of its file. */
export const moduleSystems = ['mjs', 'cjs'] as const;

/** What the program of a project printed, and the trace it left. */
export interface ProjectRun {
  readonly rows: unknown;
  /** The message of a setting that was refused. */
  readonly refusal: string;
  readonly spans: readonly FileSpan[];
}

/** What a stranger names on the command line; the rest comes along. */
const named = ['@planscope/engine', '@planscope/bootstrap', '@planscope/config'];
const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline'];

/** A project of somebody else, who installs Planscope with npm. */
export class EmptyProject {
  readonly #folder: string;
  readonly #program: string;

  /**
   * @param folder made here
   * @param registryUrl where packages of Planscope come from; those of others come from where npm is set to
   */
  constructor(folder: string, moduleSystem: (typeof moduleSystems)[number], registryUrl: string) {
    this.#folder = folder;
    this.#program = `query.${moduleSystem}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty-project', private: true }));
    writeFileSync(join(folder, '.npmrc'), `@planscope:registry=${registryUrl}\n`);
    const source = new URL(`programs/${this.#program}`, import.meta.url);
    copyFileSync(fileURLToPath(source), join(folder, this.#program));
  }

  /** Installs the latest versions for the first time. */
  async install(): Promise<void> {
    await runSuccessfully('npm', ['install', ...named, ...quiet], { folder: this.#folder });
  }

  /** Takes later versions as far as the ranges of the project allow. */
  async update(): Promise<void> {
    await runSuccessfully('npm', ['update', ...quiet], { folder: this.#folder });
  }

  /** The versions of our packages that are installed, by name. */
  installed(): Map<string, string> {
    const lock = JSON.parse(readFileSync(join(this.#folder, 'package-lock.json'), 'utf8'));
    const entries: [string, { version: string }][] = Object.entries(lock.packages);
    return new Map(
      entries.flatMap(([path, { version }]) => {
        const name = path.split('node_modules/').at(-1) ?? '';
        return name.startsWith('@planscope/') ? [[name, version]] : [];
      }),
    );
  }

  /** Runs the program and reads the trace it leaves. */
  async run(): Promise<ProjectRun> {
    const trace = join(this.#folder, 'trace.jsonl');
    rmSync(trace, { force: true });
    const output = await runSuccessfully(process.execPath, [this.#program], { folder: this.#folder });
    return { ...JSON.parse(output), spans: readTraceFile(trace) };
  }
}
