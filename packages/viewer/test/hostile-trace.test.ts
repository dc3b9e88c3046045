import type { Run } from '@planscope/run-model';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { renderPage, toSpeedscope, toSvg, toText } from '../src/index.ts';
import { closePages, drawn, openPage, startBrowser } from './browser.ts';
import { recordedRuns } from './recorded-runs.ts';

const browser = await startBrowser();
afterEach(() => closePages(browser));
afterAll(() => browser?.close());

const PAYLOAD = [
  '</script><script>window.harmed=1</script></style><img src=x onerror="window.harmed=1">',
  '<svg onload=window.harmed=1>]]><!--<iframe srcdoc="<script>parent.harmed=1</script>">',
  'javascript:window.harmed=1//\u202Egnp.exe\u2066\u200B\u0000\u0007\u001B[31m\u2028\u2029\uD800\uFFFE',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: no template
  '{{constructor.constructor("window.harmed=1")()}}${window.harmed=1}`\'"&amp;&lt;',
].join('\n');

/** Fields whose values are of a closed list in the model, so that no reader fills them with a text of a trace. */
const CLOSED = new Set([
  'version',
  'source',
  'kind',
  'status',
  'basis',
  'origin',
  'direction',
  'type',
  'planscopeKind',
  'planscope.timing.basis',
]);

/** The same value with the payload in every text and every key of attributes; ids stay different from each other. */
function hostile(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return CLOSED.has(key) || key === 'start' ? value : PAYLOAD + value;
  // What is in a list has the keys of the model, whatever the list is called.
  if (Array.isArray(value)) return value.map((each) => hostile(each, typeof each === 'string' ? key : ''));
  if (typeof value !== 'object' || value === null) return value;
  const isFree = ['attributes', 'resource', 'fields', 'details', 'parameters', 'metrics', 'spread'].includes(key);
  const entries = Object.entries(value).map(([name, each]) => [
    isFree && !CLOSED.has(name) ? `${PAYLOAD}${name}` : name,
    hostile(each, name),
  ]);
  if (isFree) entries.push(['constructor', PAYLOAD], ['toString', PAYLOAD]);
  const made = Object.fromEntries(entries);
  // As JSON has it: a property, and not the prototype.
  if (isFree) Object.defineProperty(made, '__proto__', { value: PAYLOAD, enumerable: true, configurable: true });
  return made;
}

/** Metrics are not texts; a metric that is a text is left out. */
function hostileRun(run: Run): Run {
  const made = hostile(run) as Run;
  for (const part of [...made.operators, ...made.queries, ...made.stages] as { metrics?: Record<string, unknown> }[]) {
    for (const [name, metric] of Object.entries(part.metrics ?? {})) {
      if (typeof metric !== 'object') delete part.metrics?.[name];
    }
  }
  return made;
}

const runs = [...(await recordedRuns('flights')), ...(await recordedRuns('tpch')).slice(20)].map(hostileRun);
const html = renderPage(
  runs.map((run) => ({
    run,
    findings: [
      {
        rule: PAYLOAD,
        severity: PAYLOAD,
        title: PAYLOAD,
        explanation: PAYLOAD,
        file: PAYLOAD,
        shareOf: PAYLOAD,
        share: 0.5,
        evidence: [{ name: PAYLOAD, value: PAYLOAD, unit: PAYLOAD, source: PAYLOAD }],
        operatorId: run.operators[0]?.id ?? '',
        advice: PAYLOAD,
      },
    ],
  })),
  { title: PAYLOAD },
);

describe.skipIf(browser === undefined)('a trace with code, control and bidirectional characters in every text', () => {
  it('is only shown, in every view', async () => {
    const { page, problems } = await openPage(browser as never, html);
    const elements = new Set<string>();
    let selected = 0;
    for (const _ of runs) {
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        for (const index of [0, 1, 2]) {
          // Not with the mouse: texts of this length lie over the rows, and take its clicks.
          const isSelected = await page.evaluate((nth) => {
            const row = document.querySelectorAll('.span-row, .card, tbody tr')[nth];
            row?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
            return new Promise<boolean>((resolve) =>
              requestAnimationFrame(() =>
                requestAnimationFrame(() => resolve(row?.getAttribute('aria-selected') === 'true')),
              ),
            );
          }, index);
          if (isSelected) selected += 1;
        }
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        const { names, text } = await page.evaluate(() => ({
          names: [...document.querySelectorAll('body *')].map(({ localName }) => localName),
          text: document.body.innerText,
        }));
        for (const name of names) elements.add(name);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: no control character is left
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]/);
      }
      await page.keyboard.press(']');
      await drawn(page);
    }
    expect(selected).toBeGreaterThan(runs.length);
    expect(await page.locator('h1').innerText()).toContain('<img src=x');
    expect(await page.locator('h1').innerText()).toContain('\\u{202E}gnp.exe');
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    expect([...elements].filter((name) => ['img', 'iframe', 'object', 'embed', 'link', 'base'].includes(name))).toEqual(
      [],
    );
    expect(problems).toEqual([]);
  }, 120_000);

  it('cannot run code even if the page made an element of it', async () => {
    const { page } = await openPage(browser as never, html);
    const refused = await page.evaluate((payload) => {
      const script = document.createElement('script');
      const attempts = [
        () => {
          document.body.innerHTML += payload;
        },
        () => document.write(payload),
        () => {
          script.text = 'window.harmed = 1';
        },
        () => setTimeout('window.harmed = 1'),
      ];
      return attempts.filter((attempt) => {
        try {
          attempt();
          return false;
        } catch {
          return true;
        }
      }).length;
    }, PAYLOAD);
    expect(refused).toBe(4);
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  });

  it.each(['plan', 'timeline'] as const)('is a well-formed picture of the %s that runs nothing', async (drawing) => {
    const svg = toSvg(runs[0] as Run, { drawing });
    const { page, problems } = await openPage(browser as never, svg, { name: 'picture.svg' });
    const { root, names } = await page.evaluate(() => ({
      root: document.documentElement.localName,
      names: [...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))],
    }));
    expect(root).toBe('svg');
    expect(
      names.filter((name) => !['svg', 'title', 'style', 'g', 'path', 'rect', 'text', 'tspan'].includes(name)),
    ).toEqual([]);
    expect(problems).toEqual([]);
  });
});

describe('its other forms', () => {
  it('have no control characters', () => {
    const [run] = runs as [Run];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control character is left
    const unseen = /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]/;
    expect(toText(run)).not.toMatch(unseen);
    expect(JSON.stringify(toSpeedscope(run).shared)).not.toMatch(unseen);
  });

  it('leave no end tag of a script in the page but its own', () => {
    const ends = html.match(/<\/script/gi) ?? [];
    // The summaries, one block a run, and the program.
    expect(ends).toHaveLength(runs.length + 2);
    expect(html.match(/<script/gi)).toHaveLength(runs.length + 2);
  });
});
