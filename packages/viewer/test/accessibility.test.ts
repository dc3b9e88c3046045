import type { Run } from '@planscope/run-model';
import axe from 'axe-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { renderPage } from '../src/index.ts';
import { closePages, openPage, startBrowser } from './browser.ts';
import { recordedRuns } from './recorded-runs.ts';

const browser = await startBrowser();
afterEach(() => closePages(browser));
afterAll(() => browser?.close());

const runs = [...(await recordedRuns('flights')), ...(await recordedRuns('tpch')).slice(19)];
const html = renderPage(
  runs.map((run) => ({
    run,
    findings: [
      {
        rule: 'filter-not-pushed-down',
        severity: 'warning',
        title: 'The scan reads rows that a filter drops',
        explanation: 'The filter is above the scan.',
        evidence: [{ name: 'selectivity', value: 0.01, unit: '1' }],
        operatorId: run.operators.at(-1)?.id ?? '',
        advice: 'Compare the column itself, without a function.',
      },
    ],
  })),
);

describe.skipIf(browser === undefined)('axe finds no serious violation', () => {
  it.each(['light', 'dark'] as const)(
    'in the %s page',
    async (colorScheme) => {
      const { page, goTo } = await openPage(browser as never, html, { colorScheme });
      await page.evaluate(axe.source);
      const found: string[] = [];
      const check = async (where: string): Promise<void> => {
        const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
        const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        for (const { id, nodes } of grave)
          found.push(`${where}: ${id} ${nodes[0]?.target} ${nodes[0]?.failureSummary}`);
      };
      const [demo, failed] = [runs[0], runs.at(-1)] as [Run, Run];
      for (const view of ['plan', 'timeline', 'operators', 'storage', 'planning', 'sql', 'run']) {
        const operator = demo.operators.find(({ preview }) => preview !== undefined)?.id ?? '';
        await goTo(`#run=${demo.id}&view=${view}`);
        await check(view);
        await goTo(`#run=${demo.id}&view=${view}&operator=${operator}&span=${demo.spans[3]?.id}`);
        await check(`${view}, selected`);
      }
      await goTo(`#run=${failed.id}`);
      await check('failed');
      await page.keyboard.press('?');
      await check('help');
      expect(found).toEqual([]);
    },
    180_000,
  );
});
