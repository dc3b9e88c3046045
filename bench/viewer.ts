/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Opens pages of large runs in Chromium and measures what a reader waits for: `node --conditions=@planscope/source --import
 * tsx bench/viewer.ts`. A time is from an event to the end of the frame after it; 17 ms are one frame.
 */

import { renderPage } from '../packages/viewer/src/index.ts';
import { openPage, startBrowser } from '../packages/viewer/test/browser.ts';
import { runOfOperators, runOfSpans } from '../packages/viewer/test/recorded-runs.ts';

/** Goal of each interaction in milliseconds. */
const MOST = 100;
const TIMES = 15;

const press = (selector: string, key: string): string =>
  `document.querySelector('${selector}').dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }))`;
const wheel = (more: string): string =>
  `document.querySelector('.graph svg').dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, ${more} }))`;
const search = (text: string): string =>
  `const field = document.querySelector('.timeline-side input'); field.value = ${text};
   field.dispatchEvent(new Event('input', { bubbles: true }))`;

/** Programs of the page by what they do; `turn` counts from 0. */
const timeline = {
  'next row': press('[role=treegrid]', 'ArrowDown'),
  'next page': press('[role=treegrid]', 'PageDown'),
  'last and first row': `${press('[role=treegrid]', 'End')}; ${press('[role=treegrid]', 'Home')}`,
  scroll: `document.querySelector('.timeline-side .list-scroll').scrollTop = turn * 80_000`,
  search: search(`'step ' + turn`),
  'end of search': search(`turn % 2 ? 'step' : ''`),
  'close and open': `document.querySelectorAll('.twisty')[1]?.click()`,
};
const plan = {
  'next operator': press('[role=tree]', 'ArrowDown'),
  'other colour': `document.querySelectorAll('.segments input')[turn % 2].click()`,
  pan: wheel('deltaX: 200, deltaY: 100'),
  'whole plan': `[...document.querySelectorAll('.zoom button')].at(-1).click()`,
  'pan the whole plan': wheel('deltaX: turn % 2 ? 30 : -30'),
  'zoom the whole plan': wheel('deltaY: turn % 2 ? 30 : -30, ctrlKey: true'),
};

const browser = await startBrowser();
if (browser === undefined) throw new Error('this benchmark needs a browser');
await measurePage('50,000 spans', runOfSpans(50_000), '#view=timeline', '.span-row', timeline);
await measurePage('2,000 operators', runOfOperators(2000), '#view=plan', '.card', plan);
await browser.close();

async function measurePage(
  name: string,
  run: ReturnType<typeof runOfSpans>,
  hash: string,
  shown: string,
  interactions: Readonly<Record<string, string>>,
): Promise<void> {
  if (browser === undefined) return;
  const before = performance.now();
  const html = renderPage([{ run }]);
  const rendered = performance.now();
  const { page } = await openPage(browser, html, { hash });
  await page.waitForSelector(shown);
  const opened = performance.now();
  const elements = await page.evaluate(`document.querySelectorAll('*').length`);
  console.log(`\n${name}: ${(html.length / 1e6).toFixed(1)} MB, rendered in ${(rendered - before).toFixed(0)} ms,`);
  console.log(`open after ${(opened - rendered).toFixed(0)} ms, ${elements} elements\n`);
  console.log(`${'interaction'.padEnd(24)}${'median'.padStart(10)}${'slowest'.padStart(10)}`);
  for (const [what, program] of Object.entries(interactions)) {
    const times = (await page.evaluate(`(async () => {
      const times = [];
      for (let turn = 0; turn < ${TIMES}; turn += 1) {
        const start = performance.now();
        { ${program} }
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        times.push(performance.now() - start);
      }
      return times.sort((one, other) => one - other);
    })()`)) as number[];
    const [median = 0, slowest = 0] = [times[Math.floor(TIMES / 2)], times.at(-1)];
    const verdict = median > MOST ? '  above the goal' : '';
    console.log(`${what.padEnd(24)}${median.toFixed(0).padStart(7)} ms${slowest.toFixed(0).padStart(7)} ms${verdict}`);
  }
}
