import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type ApiState, announcedPackages, findApiProblems } from './api-problems.ts';
import { releasedApi } from './api-reports.ts';

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

/** A package with one report, as released, and what differs from that. */
function state(report: string, differences: Partial<ApiState> = {}): ApiState {
  return {
    current: new Map([['@planscope/plan', new Map([['plan.api.md', report]])]]),
    committed: new Map([['plan.api.md', report]]),
    released: releasedApi(new Map([['@planscope/plan', new Map([['plan.api.md', before]])]])),
    announced: new Set(),
    ...differences,
  };
}

test('an API as released needs no changeset', () => {
  expect(findApiProblems(state(before))).toEqual([]);
});

test('a changed API without a changeset is refused', () => {
  expect(findApiProblems(state(after))).toMatchInlineSnapshot(`
    [
      "@planscope/plan: api/plan.api.md changed since the last release, and no pending changeset names the package. Tell its users what changes: \`pnpm changeset\`.",
    ]
  `);
});

test('a changeset of another package does not announce it', () => {
  expect(findApiProblems(state(after, { announced: new Set(['@planscope/engine']) }))).toHaveLength(1);
});

test('a changed API with a changeset passes', () => {
  expect(findApiProblems(state(after, { announced: new Set(['@planscope/plan']) }))).toEqual([]);
});

test('a report that is not what the sources give is refused with the difference, announced or not', () => {
  const stale = state(after, {
    committed: new Map([['plan.api.md', before]]),
    announced: new Set(['@planscope/plan']),
  });
  expect(findApiProblems(stale).join('')).toMatchInlineSnapshot(`
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

test('an entry point without a report is refused', () => {
  const missing = state(before, { committed: new Map() });
  expect(findApiProblems(missing)).toEqual([expect.stringContaining('+export function plan(): void;')]);
});

test('a report of no entry point is refused', () => {
  const left = state(before, {
    committed: new Map([
      ['plan.api.md', before],
      ['plan.old.api.md', before],
    ]),
  });
  expect(findApiProblems(left)).toEqual([
    'api/plan.old.api.md is of no entry point. Run `pnpm api`, which removes it.',
  ]);
});

test('an entry point that is gone since the release needs a changeset', () => {
  const reports = new Map([
    ['plan.api.md', before],
    ['plan.testing.api.md', before],
  ]);
  const gone = state(before, { released: releasedApi(new Map([['@planscope/plan', reports]])) });
  expect(findApiProblems(gone)).toEqual([expect.stringContaining('api/plan.testing.api.md changed since')]);
});

test('a package that was never released needs a changeset', () => {
  expect(findApiProblems(state(before, { released: {} }))).toEqual([
    expect.stringContaining('no pending changeset names the package'),
  ]);
});
