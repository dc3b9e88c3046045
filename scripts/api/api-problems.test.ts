import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { announcedPackages, releasedApi, silentChanges, staleReports } from './api-problems.ts';
import type { Reports } from './public-api.ts';

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

const before = 'export function plan(): void;\n';
const after = 'export function plan(query: string): void;\n';

/** A package with these reports. */
function plan(reports: Readonly<Record<string, string>>): Reports {
  return new Map([['@planscope/plan', new Map(Object.entries(reports))]]);
}

const released = releasedApi(plan({ 'plan.api.md': before }));
const changed = plan({ 'plan.api.md': after });

test('an API as released needs no changeset', () => {
  expect(silentChanges(plan({ 'plan.api.md': before }), released, new Set())).toEqual([]);
});

test('a changed API without a changeset is refused; one of another package does not announce it', () => {
  expect(silentChanges(changed, released, new Set())).toMatchInlineSnapshot(`
    [
      "@planscope/plan: api/plan.api.md changed since the last release, and no pending changeset names the package. Tell its users what changes: \`pnpm changeset\`.",
    ]
  `);
  expect(silentChanges(changed, released, new Set(['@planscope/engine']))).toHaveLength(1);
  expect(silentChanges(changed, released, new Set(['@planscope/plan']))).toEqual([]);
});

test('an entry point that is gone since the release, and a package that is new, need a changeset', () => {
  const testing = releasedApi(plan({ 'plan.api.md': before, 'plan.testing.api.md': before }));
  const gone = silentChanges(plan({ 'plan.api.md': before }), testing, new Set());
  expect(gone).toEqual([expect.stringContaining('api/plan.testing.api.md changed since')]);
  expect(silentChanges(changed, {}, new Set())).toHaveLength(1);
});

test('a report that is not what the sources give is refused with the difference', () => {
  expect(staleReports(changed, new Map([['plan.api.md', after]]))).toEqual([]);
  expect(staleReports(changed, new Map([['plan.api.md', before]])).join('')).toMatchInlineSnapshot(`
    "@planscope/plan: api/plan.api.md is not what the sources give. Run \`pnpm api\`, read the change as its users will, and commit it with a changeset (\`pnpm changeset\`).
    Index: api/plan.api.md
    ===================================================================
    --- api/plan.api.md	committed
    +++ api/plan.api.md	sources
    @@ -1,1 +1,1 @@
    -export function plan(): void;
    +export function plan(query: string): void;
    "
  `);
});

test('an entry point without a report is refused, and a report of no entry point', () => {
  expect(staleReports(changed, new Map())).toEqual([expect.stringContaining('+export function plan(query')]);
  expect(staleReports(new Map(), new Map([['plan.old.api.md', before]]))).toEqual([
    'api/plan.old.api.md is of no entry point. Run `pnpm api`, which removes it.',
  ]);
});
