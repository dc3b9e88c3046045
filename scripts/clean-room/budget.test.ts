import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkBudget, readBudgets } from './budget.ts';
import type { PackageSize } from './package-size.ts';
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
      [CheckFailure: @planscope/plan is over its budget
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
