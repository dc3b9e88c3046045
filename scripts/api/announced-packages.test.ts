import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { announcedPackages } from './announced-packages.ts';

const root = mkdtempSync(join(tmpdir(), 'planscope-changesets-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('packages that pending changesets name are announced, unless the changeset releases nothing', async () => {
  mkdirSync(join(root, '.changeset'));
  const changeset = (name: string, text: string): void => writeFileSync(join(root, '.changeset', name), text);
  changeset('one.md', '---\n"@planscope/plan": minor\n\'@planscope/engine\': patch\n---\n\nA change.\n');
  changeset('two.md', '---\n"@planscope/config": none\n---\n\nNothing for users.\n');
  changeset('README.md', '---\n"@planscope/duckdb": minor\n---\n\nNot a changeset.\n');
  expect(await announcedPackages(root)).toEqual(new Set(['@planscope/plan', '@planscope/engine']));
});
