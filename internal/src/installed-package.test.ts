import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isNotInstalled, requireInstalled } from './installed-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'planscope-installed-'));
afterAll(() => rmSync(folder, { recursive: true }));

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

it('a package that is not installed is told apart from one that lacks another', async () => {
  const missing = thrownBy(() => requireInstalled('@planscope/nowhere'));
  expect([isNotInstalled(missing, '@planscope/nowhere'), isNotInstalled(missing, 'nowhere')]).toEqual([true, false]);
  const imported = await import(/* @vite-ignore */ `file://${join(folder, 'none.mjs')}`).catch(
    (error: unknown) => error,
  );
  expect(isNotInstalled(imported, '@planscope/nowhere')).toBe(false);

  const installed = join(folder, 'node_modules/@planscope/somewhere');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'index.js'), `require('@planscope/nowhere');`);
  const before = process.cwd();
  process.chdir(folder);
  try {
    const lacking = thrownBy(() => requireInstalled('@planscope/somewhere'));
    expect(lacking).toMatchObject({ code: 'MODULE_NOT_FOUND' });
    expect(isNotInstalled(lacking, '@planscope/somewhere')).toBe(false);
    writeFileSync(join(installed, 'index.js'), 'exports.value = 42;');
    expect(requireInstalled('@planscope/somewhere')).toEqual({ value: 42 });
  } finally {
    process.chdir(before);
  }
});
