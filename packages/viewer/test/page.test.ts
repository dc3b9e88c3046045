import { findings } from '@planscope/findings';
import { type Run, runFromReport, runsFromSpans } from '@planscope/run-model';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readQueryInfo } from '../../trino/src/report/read-query-info.ts';
import { toEngineReport } from '../../trino/src/report/to-engine-report.ts';
import { drawnTrace } from '../../trino/test/drawn-trace.ts';
import { recording } from '../../trino/test/recordings.ts';
import { type PageFinding, renderPage } from '../src/index.ts';
import { closePages, drawn, openPage, startBrowser } from './browser.ts';
import { recordedRuns, runOfOperators, runOfSpans } from './recorded-runs.ts';

const browser = await startBrowser();
let tpch: Run[];
let flights: Run;

beforeAll(async () => {
  tpch = await recordedRuns('tpch');
  flights = (await recordedRuns('flights'))[0] as Run;
});
afterEach(() => closePages(browser));
afterAll(() => browser?.close());

const pageOf = (...runs: readonly Run[]): string => renderPage(runs.map((run) => ({ run })));
const link = (run: Run, rest: string): string => `#run=${encodeURIComponent(run.id)}&${rest}`;

function findingOf({ operators }: Run): PageFinding {
  const join = operators.find(({ kind }) => kind === 'join');
  return {
    rule: 'exploding-join',
    severity: 'warning',
    title: 'The join returns more rows than both inputs',
    explanation: 'Each row of one side meets several of the other.',
    evidence: [{ name: 'output_rows', value: 626_590, unit: '{row}', source: 'profile' }],
    share: 0.25,
    ...(join === undefined ? {} : { operatorId: join.id }),
    advice: 'Join on a key that is unique on one side.',
  };
}

describe.skipIf(browser === undefined)('a page of the queries of TPC-H', () => {
  it('shows every view of every run without an error and without a request', async () => {
    const { page, problems, goTo } = await openPage(browser as never, pageOf(...tpch));
    for (const run of tpch) {
      await goTo(link(run, 'view=plan'));
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await drawn(page);
        expect(await tab.getAttribute('aria-selected')).toBe('true');
        expect((await page.getByRole('tabpanel').innerText()).length).toBeGreaterThan(0);
      }
    }
    expect(tpch).toHaveLength(23);
    expect(problems).toEqual([]);
  }, 120_000);

  it('draws every operator of a plan, with an edge from each input', async () => {
    const run = tpch[1] as Run;
    const { page } = await openPage(browser as never, pageOf(run));
    expect(await page.locator('.card').count()).toBe(run.operators.length);
    expect(await page.locator('.edge').count()).toBe(run.operators.filter(({ parentId }) => parentId).length);
  });

  it('finds runs by words, status and duration', async () => {
    const { page } = await openPage(browser as never, pageOf(...tpch));
    const shown = page.locator('.shown');
    await page.getByLabel('Search runs').fill('partsupp nation');
    const expected = tpch.filter(
      ({ queries }) => /partsupp/.test(JSON.stringify(queries)) && /nation/.test(JSON.stringify(queries)),
    );
    await expect.poll(() => shown.innerText()).toBe(`${expected.length} of 23 runs`);
    await page.getByLabel('Search runs').fill('');
    await page.getByLabel('Status', { exact: true }).selectOption('error');
    await expect.poll(() => shown.innerText()).toBe('1 of 23 runs');
    await page.getByRole('option', { name: /lineitem/ }).click();
    expect(await page.getByRole('alert').innerText()).toContain('InvalidInputError');
    await page.getByLabel('Status', { exact: true }).selectOption('');
    await page.getByLabel('Duration', { exact: true }).selectOption('≥ 1 s');
    const slow = tpch.filter(({ duration = 0 }) => duration >= 1e9).length;
    await expect.poll(() => shown.innerText()).toBe(`${slow} of 23 runs`);
  });

  it('lists the runs in which something was found', async () => {
    const found = tpch.map((run) => ({ run, findings: findings(run) }));
    const { page, problems } = await openPage(browser as never, renderPage(found));
    await page.getByLabel('with findings').check();
    const slowed = found.filter((entry) => entry.findings.length > 0);
    expect(slowed.length).toBeGreaterThan(0);
    await expect.poll(() => page.locator('.shown').innerText()).toBe(`${slowed.length} of 23 runs`);
    await page.getByRole('listbox', { name: 'Runs' }).getByRole('option').first().click();
    const [first] = slowed[0]?.findings ?? [];
    await expect.poll(() => page.locator('.findings').innerText()).toContain(first?.title);
    expect(problems).toEqual([]);
  });

  it('opens the operator that a link names, and says the link to the one that is selected', async () => {
    const run = tpch[4] as Run;
    const scan = run.operators.find(({ name }) => name === 'PARQUET_SCAN');
    const { page } = await openPage(browser as never, pageOf(...tpch), {
      hash: link(run, `operator=${scan?.id}`),
    });
    const panel = page.getByRole('complementary', { name: 'Operator' });
    expect(await panel.getByRole('heading', { level: 2 }).innerText()).toBe('Parquet scan');
    expect(await panel.innerText()).toContain(scan?.rows?.toLocaleString('en-US'));
    await page.getByRole('treeitem', { name: /^Hash group by/ }).click();
    const group = run.operators.find(({ name }) => name === 'HASH_GROUP_BY');
    await expect.poll(() => new URL(page.url()).hash).toContain(`operator=${group?.id}`);
  });

  it('colours by rows as by compute, and has the operators with most of it first', async () => {
    const run = tpch[4] as Run;
    const { page } = await openPage(browser as never, pageOf(run));
    const first = page.locator('.ranked').first();
    const most = (of: (operator: Run['operators'][number]) => number | undefined) =>
      [...run.operators].sort((one, other) => (of(other) ?? 0) - (of(one) ?? 0))[0];
    expect(await first.innerText()).toContain('Parquet scan');
    await page.getByRole('radio', { name: 'Rows' }).check();
    const rows = most(({ rows }) => rows)?.rows ?? 0;
    await expect.poll(() => first.innerText()).toContain(`${(rows / 1000).toFixed(0)} k`);
    expect(await page.locator('.panel h2').innerText()).toBe('Most rows');
  });
});

describe.skipIf(browser === undefined)('the timeline', () => {
  it('draws windows hollow, derived times hatched and only measured ones solid, and says so', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), {
      hash: '#view=timeline',
      viewport: { width: 1280, height: 3000 },
    });
    const bases = flights.spans.map(({ attributes }) => attributes['planscope.timing.basis']);
    const count = (...wanted: unknown[]): number => bases.filter((basis) => wanted.includes(basis)).length;
    expect(count('execution_window')).toBeGreaterThan(0);
    await page.getByLabel('Search spans').waitFor();
    const rows = page.locator('.span-row');
    expect(await rows.locator('.bar.hollow').count()).toBe(count('execution_window'));
    expect(await rows.locator('.bar.hatched').count()).toBe(count('engine_duration', 'observed_events'));
    expect(await rows.locator('.bar.solid').count()).toBe(count('measured', undefined));
    const legend = await page.getByRole('list', { name: 'Meaning of the bars' }).innerText();
    expect(legend).toContain('ran somewhere in this window');
    expect(legend).toContain('start derived');
    expect(legend).not.toContain('drawn by share');
  });

  it('has 50,000 spans with only those in sight in the document', async () => {
    const run = runOfSpans(50_000);
    const { page, problems } = await openPage(browser as never, pageOf(run), { hash: '#view=timeline' });
    const elements = (): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length);
    const grid = page.getByRole('treegrid');
    expect(await grid.getAttribute('aria-rowcount')).toBe('50000');
    expect(await elements()).toBeLessThan(1500);
    await grid.focus();
    await page.keyboard.press('End');
    const last = run.spans.at(-1)?.name ?? '';
    await page.getByRole('row', { name: last }).waitFor();
    expect(await page.locator('[role=row][aria-selected=true]').innerText()).toContain(last);
    await page.getByLabel('Search spans').fill('step 49998');
    await expect.poll(() => page.getByText(/^\d+ of 50000 spans$/).innerText()).toBe('1 of 50000 spans');
    expect(await elements()).toBeLessThan(1500);
    expect(problems).toEqual([]);
  }, 60_000);
});

describe.skipIf(browser === undefined)('the plan', () => {
  it('is walked with the arrow keys', async () => {
    const { page } = await openPage(browser as never, pageOf(tpch[4] as Run));
    const tree = page.getByRole('tree');
    const active = () => tree.getAttribute('aria-activedescendant');
    const press = async (key: string): Promise<void> => {
      await page.keyboard.press(key);
      await drawn(page);
    };
    await tree.focus();
    await press('ArrowDown');
    const top = await active();
    expect(await page.locator(`[id="${top}"]`).textContent()).toMatch(/^Order by/);
    await press('ArrowDown');
    expect(await page.locator(`[id="${await active()}"]`).textContent()).toMatch(/^Hash group by/);
    await press('ArrowUp');
    expect(await active()).toBe(top);
    await press('Escape');
    expect(await active()).toBeNull();
  });

  it('has 2,000 operators, of which those out of sight are not in the document', async () => {
    const run = runOfOperators(2000);
    const { page, problems } = await openPage(browser as never, pageOf(run));
    await page.getByRole('tree').waitFor();
    expect(await page.locator('.card').count()).toBeLessThan(600);
    await page.getByRole('button', { name: 'Fit' }).click();
    await expect.poll(() => page.locator('.card').count()).toBe(2000);
    expect(await page.locator('.edge').count()).toBe(1999);
    await page.getByRole('tree').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.operator-title').innerText()).toBe('Table scan');
    const box = await page.locator('.card.selected').boundingBox();
    expect(box?.x).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  }, 60_000);

  it('is a table where it is too deep to draw', async () => {
    const { operators, ...rest } = runOfOperators(30_000);
    const chain = operators.map((operator, index) => ({
      ...operator,
      inputIds: [],
      parentId: `operator ${index - 1}`,
    }));
    const { page, problems } = await openPage(browser as never, pageOf({ ...rest, operators: chain }));
    expect(await page.getByRole('tabpanel').innerText()).toContain('too deep to draw');
    await page.keyboard.press('3');
    const grid = page.getByRole('grid', { name: 'Operators' });
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('30001');
    expect(problems).toEqual([]);
  });

  it('marks findings on the operator, and leads from one to the other', async () => {
    const finding = findingOf(flights);
    const { page, problems } = await openPage(browser as never, renderPage([{ run: flights, findings: [finding] }]));
    expect(await page.locator('.finding-mark').count()).toBe(1);
    await page.getByText(finding.title).click();
    expect(await page.locator('.findings').innerText()).toContain('626,590 rows');
    await page.getByRole('button', { name: 'Hash join' }).first().click();
    const panel = page.getByRole('complementary', { name: 'Operator' });
    expect(await panel.innerText()).toContain(finding.title);
    expect(problems).toEqual([]);
  });
});

/** A query in two stages, of which one has a slow task and one that was tried twice. */
function distributedRun(): Run {
  const at = (milliseconds: number): string =>
    (1_700_000_000_000_000_000n + BigInt(milliseconds) * 1_000_000n).toString();
  const during = (start: number, end: number) =>
    ({ basis: 'measured', window: { start: at(start), end: at(end) } }) as const;
  const task = (id: string, host: string, start: number, end: number, attempt = 0) => ({
    id,
    host,
    attempt,
    status: 'ok' as const,
    timing: during(start, end),
    metrics: [],
  });
  const operator = (id: string, name: string) => ({
    id,
    name,
    timing: { basis: 'execution_window' as const },
    metrics: [{ name: 'output_rows', type: 'count' as const, unit: '{row}', value: 1000 }],
    children: [],
  });
  return runFromReport({
    version: 2,
    engine: { name: 'trino', version: '470' },
    status: 'ok',
    window: { start: at(0), end: at(1000) },
    stages: [
      {
        id: '0',
        parents: [],
        status: 'ok',
        timing: during(500, 1000),
        metrics: [],
        tasks: [task('0.0', 'worker-1', 500, 1000)],
        operators: [operator('out', 'Output')],
      },
      {
        id: '1',
        parents: ['0'],
        status: 'ok',
        timing: during(0, 900),
        metrics: [],
        operators: [operator('scan', 'TableScan')],
        tasks: [
          task('1.0', 'worker-1', 0, 100),
          task('1.1', 'worker-2', 0, 120),
          task('1.2', 'worker-3', 0, 900),
          { ...task('1.3', 'worker-2', 0, 50), status: 'error', error: { type: 'EXTERNAL', code: 'REMOTE_HOST_GONE' } },
          task('1.3', 'worker-1', 50, 160, 1),
        ],
      },
    ],
  });
}

describe.skipIf(browser === undefined)('a distributed run', () => {
  it('has its stages with the skew of their tasks, and each attempt', async () => {
    const { page, problems } = await openPage(browser as never, pageOf(distributedRun()), { hash: '#view=stages' });
    const stages = page.getByRole('grid', { name: 'Stages' });
    const tasks = page.getByRole('grid', { name: 'Tasks' });
    // Median of 100, 110, 120 and 900 ms, without the attempt that failed.
    expect(await stages.getByRole('row', { name: /^1 / }).innerText()).toContain('8.2×');
    expect(await tasks.getAttribute('aria-rowcount')).toBe('7');
    expect(await tasks.innerText()).toContain('REMOTE_HOST_GONE');
    await stages.getByRole('row', { name: /^0 / }).click();
    await expect.poll(() => tasks.getAttribute('aria-rowcount')).toBe('2');
    await page.getByRole('tab', { name: 'Plan' }).click();
    await expect.poll(() => page.locator('.card').count()).toBe(2);
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await expect.poll(() => page.locator('.span-row').count()).toBe(1 + 2 + 6 + 2);
    expect(problems).toEqual([]);
  });
});

describe.skipIf(browser === undefined)('a query that ran on Trino', () => {
  it('has its stages, tasks and operators under their names', async () => {
    const { spans } = drawnTrace(toEngineReport(readQueryInfo(recording('483-finished'))));
    const { page, problems } = await openPage(browser as never, pageOf(...runsFromSpans(spans)), {
      hash: '#view=stages',
    });
    const stages = page.getByRole('grid', { name: 'Stages' });
    const tasks = page.getByRole('grid', { name: 'Tasks' });
    expect(await stages.getAttribute('aria-rowcount')).toBe('4');
    expect(await tasks.innerText()).toContain('worker2');
    await page.getByRole('tab', { name: 'Plan', exact: true }).click();
    await expect.poll(() => page.locator('.card').count()).toBe(19);
    await page.getByRole('tab', { name: 'Timeline' }).click();
    const rows = page.locator('.span-row');
    await expect.poll(() => rows.filter({ hasText: 'stage 1' }).count()).toBe(1);
    await expect.poll(() => rows.filter({ hasText: 'worker1' }).count()).toBe(2);
    expect(problems).toEqual([]);
  });
});

describe.skipIf(browser === undefined)('a run of the demo', () => {
  it('shows plan diffs side by side', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), { hash: '#view=planning' });
    await page.getByRole('button', { name: /^resolve_names/ }).click();
    const removed = page.locator('.diff td:first-child.removed');
    const added = page.locator('.diff td:nth-child(2).added');
    expect(await removed.allInnerTexts()).toContain('    Unresolved: name=state_delays');
    expect((await added.allInnerTexts()).join('\n')).toContain('View: name=state_delays');
  });

  it('highlights the tokens of its SQL', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), { hash: '#view=sql' });
    expect(await page.locator('.sql-keyword').allInnerTexts()).toEqual(
      expect.arrayContaining(['WITH', 'SELECT', 'COPY']),
    );
    expect(await page.locator('.sql-parameter').allInnerTexts()).toEqual(expect.arrayContaining(['?1']));
    expect(await page.locator('pre.sql').first().innerText()).toBe(flights.queries[0]?.text);
  });

  it('adds up reads by file, and shows the calls of one', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), { hash: '#view=storage' });
    const calls = page.getByRole('grid', { name: 'Calls' });
    expect(await calls.getAttribute('aria-rowcount')).toBe(String(flights.calls.length + 1));
    await page
      .getByRole('grid', { name: 'Files' })
      .getByRole('row', { name: /airports/ })
      .click();
    const ofAirports = flights.calls.filter(({ location }) => location?.endsWith('airports.csv')).length;
    await expect.poll(() => calls.getAttribute('aria-rowcount')).toBe(String(ofAirports + 1));
  });

  it('sorts the table of operators by any column, unknown values last', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), { hash: '#view=operators' });
    const grid = page.getByRole('grid', { name: 'Operators' });
    await grid.getByRole('button', { name: 'Compute' }).click();
    expect(await grid.locator('th').nth(2).getAttribute('aria-sort')).toBe('descending');
    const names = await grid.locator('tbody tr td:first-child').allInnerTexts();
    expect(names[0]).toBe('Read parquet');
    expect(names.at(-1)).toMatch(/Exec$/);
  });

  it('shows the preview of an operator', async () => {
    const previewed = flights.operators.find(({ preview }) => preview !== undefined);
    const { page } = await openPage(browser as never, pageOf(flights), {
      hash: link(flights, `operator=${previewed?.id}`),
    });
    expect(await page.locator('.preview').innerText()).toBe(previewed?.preview?.text.trimEnd());
  });

  it('is saved as SVG and as a profile for speedscope', async () => {
    const { page, problems } = await openPage(browser as never, pageOf(flights));
    for (const [name, ending] of [
      ['Plan as SVG', '.plan.svg'],
      ['Profile for speedscope', '.speedscope.json'],
    ] as const) {
      await page.getByText('Export').click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      expect(download.suggestedFilename()).toMatch(new RegExp(`\\${ending}$`));
    }
    expect(problems).toEqual([]);
  });

  it('prints the run without the parts that only a screen needs', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), {
      hash: '#view=operators',
      colorScheme: 'dark',
    });
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('tablist').isVisible()).toBe(false);
    expect(await page.getByRole('grid', { name: 'Operators' }).isVisible()).toBe(true);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
  });
});

describe.skipIf(browser === undefined)('the keyboard', () => {
  it('searches with /, turns views and runs, and shows its help', async () => {
    const { page } = await openPage(browser as never, pageOf(...tpch));
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Search runs');
    await page.keyboard.type('5');
    expect(await page.getByLabel('Search runs').inputValue()).toBe('5');
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await drawn(page);
    expect(await page.getByRole('tab', { name: 'Timeline' }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press(']');
    await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('partsupp');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
  });

  it('reaches everything in the order in which it is read', async () => {
    const { page } = await openPage(browser as never, pageOf(...tpch));
    const stops: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(() => {
          const element = document.activeElement;
          return element?.getAttribute('aria-label') ?? element?.textContent?.slice(0, 20) ?? '';
        }),
      );
    }
    const places = ['Skip to the run', 'Export', 'Theme', 'Search runs', 'Runs', 'Plan'].map((stop) =>
      stops.indexOf(stop),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });
});

describe.skipIf(browser === undefined)('the theme', () => {
  it('follows the system until one is chosen, and keeps the choice', async () => {
    const { page } = await openPage(browser as never, pageOf(flights), { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe('rgb(20, 24, 29)');
    await page.getByLabel('Theme').selectOption('Light');
    await expect.poll(ground).toBe('rgb(255, 255, 255)');
    await page.reload();
    expect(await ground()).toBe('rgb(255, 255, 255)');
  });
});
