import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageProblems } from './package-problems.ts';

const forImport = { types: './dist/index.d.ts', default: './dist/index.js' };
const forRequire = { types: './dist/index.d.cts', default: './dist/index.cjs' };
const files = {
  'dist/index.js': 'export const one = 1;\n',
  'dist/index.cjs': 'exports.one = 1;\n',
  'dist/index.d.ts': 'export declare const one: number;\n',
  'dist/index.d.cts': 'export declare const one: number;\n',
};

/** @returns the path of the tarball */
function packed(more: object, others: Readonly<Record<string, string>> = files): string {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const exports = { '.': { import: forImport, require: forRequire } };
  const manifest = { name: 'sample', version: '1.0.0', type: 'module', files: ['dist'], exports, ...more };
  for (const [path, text] of Object.entries({ ...others, 'package.json': JSON.stringify(manifest) })) {
    mkdirSync(dirname(join(folder, 'package', path)), { recursive: true });
    writeFileSync(join(folder, 'package', path), text);
  }
  execFileSync('tar', ['-czf', 'sample.tgz', 'package'], { cwd: folder });
  return join(folder, 'sample.tgz');
}

test('nothing is wrong with a package that has both builds, each with its types', async () => {
  expect(await packageProblems(packed({}), { isTyped: true })).toEqual([]);
});

test('publint finds a file that is not in the tarball', async () => {
  const problems = await packageProblems(packed({ main: './dist/main.cjs' }), { isTyped: false });
  expect(problems).toEqual([expect.stringContaining('./dist/main.cjs')]);
});

test('types of the other kind of module are wrong', async () => {
  const exports = { '.': { import: forImport, require: { ...forRequire, types: forImport.types } } };
  const problems = await packageProblems(packed({ exports }), { isTyped: true });
  expect(problems.join('\n')).toMatch(/ESM type declaration file, but a CommonJS JavaScript file/);
});

test('a package that programs import has types', async () => {
  const exports = { '.': { import: forImport.default, require: forRequire.default } };
  const { 'dist/index.js': js, 'dist/index.cjs': cjs } = files;
  const tarball = packed({ exports }, { 'dist/index.js': js, 'dist/index.cjs': cjs });
  expect(await packageProblems(tarball, { isTyped: true })).toEqual(['it has no types']);
  expect(await packageProblems(tarball, { isTyped: false })).toEqual([]);
});
