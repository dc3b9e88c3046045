import { expect, test } from 'vitest';
import { Checks, renderFailures, tallyChecks } from './checks.ts';

test('tells what ran, what failed and why', async () => {
  const checks = new Checks();
  await checks.run('plan', 'ESM', 'plan.mjs on Node 20', () => {});
  await checks.run('plan', 'ESM', 'plan.mjs on Node 22', () => {
    throw new Error('no such module\nin plan.mjs');
  });
  await checks.run('config', 'npm', 'install', () => Promise.resolve());
  const { plan, config } = tallyChecks(checks.results);
  expect(plan).toMatchObject({ ESM: '1 of 2', npm: '-' });
  expect(config).toMatchObject({ ESM: '-', npm: '1' });
  expect(renderFailures(checks.results)).toMatchInlineSnapshot(`
    "FAILED @planscope/plan: ESM: plan.mjs on Node 22
      no such module
      in plan.mjs"
  `);
});
