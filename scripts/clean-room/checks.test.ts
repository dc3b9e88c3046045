import { expect, test } from 'vitest';
import { Checks, renderChecks, renderFailures } from './checks.ts';

test('tells what ran, what failed and why', async () => {
  const checks = new Checks();
  await checks.run('plan', 'ESM', 'plan.mjs on Node 20', () => {});
  await checks.run('plan', 'ESM', 'plan.mjs on Node 22', () => {
    throw new Error('no such module\nin plan.mjs');
  });
  await checks.run('config', 'npm', 'install', () => Promise.resolve());
  expect(renderChecks(checks.results)).toMatchInlineSnapshot(`
    "        npm  tree  types  ESM     CommonJS  both builds  pnpm  drivers  budget
    config  1    -     -      -       -         -            -     -        -
    plan    -    -     -      1 of 2  -         -            -     -        -
    2 passed, 1 failed"
  `);
  expect(renderFailures(checks.results)).toMatchInlineSnapshot(`
    "FAILED @planscope/plan: ESM: plan.mjs on Node 22
      no such module
      in plan.mjs"
  `);
});
