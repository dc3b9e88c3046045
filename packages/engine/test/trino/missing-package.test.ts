import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const engine = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Prints the error of an engine on Trino. Nothing listens on port 1. */
const PROGRAM = `import { createEngine, EngineError } from '../engine/src/index.ts';
const trino = { server: 'http://127.0.0.1:1', user: 'test', retryFor: 0 };
const error = await createEngine({ engine: 'trino', trino }).catch((thrown) => thrown);
console.log(JSON.stringify([EngineError.isInstance(error), error.code, error.message]));
`;

let folder: string;

beforeAll(async () => {
  // A copy of the engine with all that it depends on, and without what only its tests do.
  folder = await mkdtemp(join(tmpdir(), 'planscope-missing-'));
  await cp(join(engine, 'src'), join(folder, 'engine/src'), { recursive: true });
  await cp(join(engine, 'package.json'), join(folder, 'engine/package.json'));
  for (const name of await readdir(join(engine, 'node_modules'))) {
    if (!name.startsWith('@'))
      await link(join(engine, 'node_modules', name), join(folder, 'engine/node_modules', name));
    else {
      for (const scoped of await readdir(join(engine, 'node_modules', name))) {
        const path = join(name, scoped);
        if (path === join('@planscope', 'trino')) continue;
        await link(join(engine, 'node_modules', path), join(folder, 'engine/node_modules', path));
      }
    }
  }
  await mkdir(join(folder, 'program'));
  await writeFile(join(folder, 'program/program.mjs'), PROGRAM);
});
afterAll(() => rm(folder, { recursive: true }));

async function link(from: string, to: string): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true });
  await symlink(from, to, 'dir');
}

async function errorOfProgram(): Promise<[boolean, string, string]> {
  const flags = ['--conditions=@planscope/source', '--import', import.meta.resolve('tsx')];
  // The scripts that pnpm makes for programs set it to a folder with all packages.
  const { NODE_PATH: _, ...env } = process.env;
  const cwd = join(folder, 'program');
  return JSON.parse((await run(process.execPath, [...flags, 'program.mjs'], { cwd, env })).stdout);
}

it('an engine on Trino without the package of Trino says what to install', async () => {
  expect(await errorOfProgram()).toEqual([
    true,
    'missing-package',
    expect.stringContaining('the engine "trino" needs a package that is not installed; npm install @planscope/trino'),
  ]);
  // It is enough that the program has it.
  const trino = fileURLToPath(new URL('../../../trino', import.meta.url));
  await link(trino, join(folder, 'program/node_modules/@planscope/trino'));
  const [isEngineError, code] = await errorOfProgram();
  expect([isEngineError, code]).toEqual([false, 'unreachable']);
});
