import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlers } from './bundlers.ts';
import { createDeployment, output, Project } from './project.ts';

let project: Project;
let deployment: string;
let data: string;
/** What the program prints, unbundled and on Node.js. */
let expected: string;

beforeAll(async () => {
  project = await Project.create();
  deployment = await createDeployment();
  data = join(await mkdtemp(join(await realpath(tmpdir()), 'planscope-data-')), 'data');
  expected = await output([process.execPath, project.programs.esm], data, project.folder);
}, 180_000);

afterAll(async () => {
  await project.remove();
  await rm(deployment, { recursive: true });
  await rm(dirname(data), { recursive: true });
});

/** Runs a program as on a machine that has no package but those beside it. */
async function outputElsewhere(command: readonly string[]): Promise<string> {
  const away = `${project.folder}-away`;
  await rename(project.folder, away);
  try {
    return await output(command, data, deployment);
  } finally {
    await rename(away, project.folder);
  }
}

it('traces queries and a specification', () => {
  expect(expected).toMatch(/^spans of queries: \d{2,}\n {2}SET /m);
  expect(expected).toMatch(/^spans of the specification: \d{2,}\n {2}planscope\.execute /m);
});

it('has the same spans as CommonJS', async () => {
  expect(await output([process.execPath, project.programs.cjs], data, project.folder)).toBe(expected);
});

describe.each(['esm', 'cjs'] as const)('a bundle of the program as %s has the same spans:', (kind) => {
  it.each(Object.entries(bundlers))(
    '%s',
    async (_, bundle) => {
      const { files, warnings } = await bundle(project.programs[kind], deployment);
      expect(warnings).toEqual([]);
      for (const file of files) expect(await outputElsewhere([process.execPath, file]), file).toBe(expected);
    },
    180_000,
  );
});

it('runs from the files that @vercel/nft traces', async () => {
  const { fileList } = await nodeFileTrace([project.programs.esm], { base: '/' });
  const traced = join(deployment, 'traced');
  for (const file of fileList) await copyFile(join('/', file), join(traced, file));
  const program = join(traced, project.programs.esm);
  expect(await outputElsewhere([process.execPath, program])).toBe(expected);
}, 120_000);

/** Copies a file or a link. Links stay within the copied files, as they do in an installed folder. */
async function copyFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (!(await lstat(from)).isSymbolicLink()) return cp(from, to);
  const target = await readlink(from);
  await symlink(target.startsWith('/') ? to.slice(0, -from.length) + target : target, to);
}

describe('has the same spans in', () => {
  const runtimes = { bun: [], deno: ['run', '--allow-all', '--node-modules-dir=manual'] };
  for (const [name, options] of Object.entries(runtimes)) {
    const folders = (process.env.PATH ?? '').split(delimiter);
    const place = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (place === undefined) console.log(`left out: the program in ${name}, since no folder of PATH has it`);
    it.skipIf(place === undefined).each(['esm', 'cjs'] as const)(
      `${name}, as %s`,
      async (kind) => {
        expect(await output([place ?? name, ...options, project.programs[kind]], data, project.folder)).toBe(expected);
      },
      120_000,
    );
  }
});
