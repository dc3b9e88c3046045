import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  checkBudget,
  checkSizeTable,
  type PackageSize,
  readBudgets,
  renderSizeTable,
  replaceSizeTable,
} from './package-size.ts';
import { rooms } from './rooms.ts';

const size: PackageSize = {
  name: 'plan',
  tarball: 100,
  unpacked: 700,
  installed: 15_000,
  dependencies: 8,
  broughtByPeers: new Map(),
  absentPeers: [],
};
const budget = { tarball: 100, unpacked: 700, installed: 15_000, dependencies: 8 };

describe('checkBudget', () => {
  test('takes what is just within', () => {
    expect(() => checkBudget(size, { plan: budget })).not.toThrow();
  });

  test.each(['tarball', 'unpacked', 'installed', 'dependencies'] as const)('refuses more %s, and says so', (field) => {
    const limits = { ...budget, [field]: budget[field] - 1 };
    expect(() => checkBudget(size, { plan: limits })).toThrow(
      new RegExp(`^@planscope/plan is over its budget\n${field}: ${budget[field]}.* the limit is ${limits[field]}`),
    );
  });

  test('names all that is over, and what to do', () => {
    expect(() =>
      checkBudget({ ...size, tarball: 120, dependencies: 9 }, { plan: budget }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [AssertionError: @planscope/plan is over its budget
      tarball: 120 kB, and the limit is 100 kB
      dependencies: 9, and the limit is 8
      Find out what came in ("npm ls --all" in an empty project, "tar tzf" of the tarball) and take it out again. If it is worth its weight, raise the limit in scripts/clean-room/budget.json and say why in the commit.]
    `);
  });

  test('refuses a package without a budget', () => {
    expect(() => checkBudget(size, {})).toThrow('@planscope/plan has no budget');
  });
});

test('every package has a room and a budget, and nothing else has', () => {
  const packages = readdirSync(new URL('../../packages', import.meta.url)).sort();
  expect(rooms.map(({ name }) => name).sort()).toEqual(packages);
  expect(Object.keys(readBudgets()).sort()).toEqual(packages);
});

const plan: PackageSize = {
  name: 'plan',
  tarball: 139,
  unpacked: 712,
  installed: 15_432,
  dependencies: 8,
  broughtByPeers: new Map([
    ['@opentelemetry/api', 1],
    ['apache-arrow', 6],
  ]),
  absentPeers: [],
};
const config: PackageSize = {
  ...plan,
  name: 'config',
  dependencies: 1,
  broughtByPeers: new Map(),
  absentPeers: ['zod'],
};

const empty = '# Sizes\n\n<!-- sizes: written by "pnpm check:clean-room --write" -->\n<!-- end of sizes -->\n\nMore.\n';

test('is a table in Markdown, in order of name, with rounded sizes', () => {
  expect(renderSizeTable([plan, config])).toMatchInlineSnapshot(`
    "| package | tarball | unpacked | installed, with dependencies | dependencies | of these for peers | optional peers, not installed |
    |---|--:|--:|--:|--:|---|---|
    | \`@planscope/config\` | 140 kB | 710 kB | 15 MB | 1 |  | \`zod\` |
    | \`@planscope/plan\` | 140 kB | 710 kB | 15 MB | 8 | \`@opentelemetry/api\`: 1, \`apache-arrow\`: 6 |  |"
  `);
});

test('replaces the table of a document and nothing else', () => {
  const once = replaceSizeTable(empty, [config]);
  expect(replaceSizeTable(once, [plan])).toBe(replaceSizeTable(empty, [plan]));
  expect(once).toMatch(/^# Sizes\n\n<!-- sizes.*\n\n\| package[\s\S]*\n\n<!-- end of sizes -->\n\nMore\.\n$/);
});

test('refuses a document without a place for it', () => {
  expect(() => replaceSizeTable('# Sizes\n', [plan])).toThrow('docs/install-size.md has no');
});

describe('checkSizeTable', () => {
  const document = replaceSizeTable(empty, [plan, config]);

  test('takes what it says itself, and sizes that are near', () => {
    expect(() => checkSizeTable(document, plan)).not.toThrow();
    expect(() => checkSizeTable(document, { ...plan, installed: plan.installed * 1.1 })).not.toThrow();
  });

  test.each([
    { dependencies: 9 },
    { installed: plan.installed * 1.3 },
    { unpacked: plan.unpacked * 0.7 },
    { broughtByPeers: new Map([['apache-arrow', 7]]) },
    { absentPeers: ['apache-arrow'] },
  ])('refuses what is not so: %o', (change) => {
    expect(() => checkSizeTable(document, { ...plan, ...change })).toThrow(/Run "pnpm check:clean-room --write"/);
  });

  test('refuses a package that it does not list', () => {
    expect(() => checkSizeTable(replaceSizeTable(empty, [config]), plan)).toThrow('does not list @planscope/plan');
  });
});
