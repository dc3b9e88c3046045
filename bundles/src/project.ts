import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';

const execute = promisify(execFile);
const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/**
 * A project outside of the workspace with the packages as npm installs them: built, with their manifests. All other
 * packages are links; optional peers are left out.
 */
export class Project {
  /** The program as an ES module and as CommonJS. */
  readonly programs: { readonly esm: string; readonly cjs: string };
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.programs = { esm: join(folder, 'program.mjs'), cjs: join(folder, 'program.cjs') };
  }

  static async create(): Promise<Project> {
    const project = new Project(await mkdtemp(join(await realpath(tmpdir()), 'planscope-bundles-')));
    await project.#install('duckdb', 'engine', 'testing');
    // Deno takes the packages from node_modules only where there is a manifest.
    await writeFile(join(project.folder, 'package.json'), '{ "private": true }');
    const source = await readFile(new URL('program.ts', import.meta.url));
    for (const format of ['esm', 'cjs'] as const) {
      const { code } = await transform(source, { loader: 'ts', format, platform: 'node', target: 'node20' });
      await writeFile(project.programs[format], code);
    }
    return project;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  async #install(...names: readonly string[]): Promise<void> {
    const wanted = new Set(names);
    for (const name of wanted) {
      const manifest = JSON.parse(await readFile(join(packages, name, 'package.json'), 'utf8'));
      const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta: optional = {} } = manifest;
      for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
        if (dependency in optional) continue;
        if (dependency.startsWith('@planscope/')) wanted.add(dependency.slice('@planscope/'.length));
        else
          await link(join(packages, name, 'node_modules', dependency), join(this.folder, 'node_modules', dependency));
      }
    }
    const waiting = [...wanted];
    const buildRest = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await this.#build(name);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, buildRest));
  }

  /** The build of the package as it is published, without types. */
  async #build(name: string): Promise<void> {
    const target = join(this.folder, 'node_modules/@planscope', name);
    await mkdir(target, { recursive: true });
    await copyFile(join(packages, name, 'package.json'), join(target, 'package.json'));
    const tsup = join(dirname(resolve('tsup')), 'cli-default.js');
    const options = ['--no-dts', '--silent', '--out-dir', join(target, 'dist')];
    await execute(process.execPath, [tsup, ...options], { cwd: join(packages, name) });
  }
}

/** A folder with nothing but the driver, to which bundles are deployed. */
export async function createDeployment(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'planscope-deployed-'));
  const driver = dirname(dirname(dirname(await realpath(resolve('@duckdb/node-api')))));
  for (const name of ['node-api', 'node-bindings', `node-bindings-${process.platform}-${process.arch}`]) {
    const nearby = join(driver, name);
    const place = existsSync(nearby) ? nearby : join(dirname(await realpath(join(driver, 'node-bindings'))), name);
    await link(place, join(folder, 'node_modules/@duckdb', name));
  }
  return folder;
}

/**
 * What a program prints.
 *
 * @param command the runtime with its arguments, the program last
 */
export async function output(command: readonly string[], data: string, cwd: string): Promise<string> {
  await rm(data, { recursive: true, force: true });
  const [file = '', ...options] = command;
  const { stdout } = await execute(file, [...options, data], { cwd, maxBuffer: 2 ** 24 });
  return stdout;
}

async function link(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  await mkdir(dirname(to), { recursive: true });
  await symlink(await realpath(from), to, 'junction');
}
