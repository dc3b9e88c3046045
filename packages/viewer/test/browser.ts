import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PACKAGE = '@sparticuz/chromium';

/**
 * Starts headless Chromium, which npm brings as one compressed file for Linux x64; `PLANSCOPE_TEST_CHROMIUM` names
 * another. Where neither starts, one line says why, and the tests that need it are skipped.
 */
export async function startBrowser(): Promise<Browser | undefined> {
  try {
    const executablePath = process.env.PLANSCOPE_TEST_CHROMIUM ?? (await unpackChromium());
    return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  } catch (error) {
    console.warn(`No browser, so the tests of the page in one are skipped: ${String(error).split('\n')[0]}`);
    return undefined;
  }
}

/** Test files run side by side, so that the file appears under its name only when it is whole. */
async function unpackChromium(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`${PACKAGE} is for Linux x64; set PLANSCOPE_TEST_CHROMIUM to a Chromium for ${process.platform}`);
  }
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const folder = entry.slice(0, entry.indexOf(PACKAGE) + PACKAGE.length);
  const { version } = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
  const unpacked = join(tmpdir(), `planscope-chromium-${version}`);
  if (existsSync(unpacked)) return unpacked;
  const partial = join(mkdtempSync(join(tmpdir(), 'planscope-chromium-')), 'chromium');
  await pipeline(
    createReadStream(join(folder, 'bin', 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(partial, { mode: 0o755 }),
  );
  renameSync(partial, unpacked);
  rmSync(dirname(partial), { recursive: true });
  return unpacked;
}

/** A page with everything that went wrong on it. */
export interface OpenPage {
  readonly page: Page;
  /** Errors, messages of the console such as violations of the policy, dialogs, and requests to anything else. */
  readonly problems: string[];
  /** Shows another part of the page by the end of its address. */
  readonly goTo: (hash: string) => Promise<void>;
}

/** Writes HTML into a file and opens it. The file is removed when the context of the page is closed. */
export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions & { readonly hash?: string; readonly name?: string } = {},
): Promise<OpenPage> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-page-'));
  const file = join(folder, options.name ?? 'page.html');
  writeFileSync(file, html);
  const address = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.on('close', () => rmSync(folder, { recursive: true, force: true }));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => problems.push(`console: ${message.text()}`));
  page.on('request', (request) => {
    const url = request.url();
    if (url.split('#')[0] !== address && !url.startsWith('blob:')) problems.push(`request: ${url}`);
  });
  page.on('dialog', async (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  await page.goto(address + (options.hash ?? ''));
  await drawn(page);
  const goTo = async (hash: string): Promise<void> => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await drawn(page);
  };
  return { page, problems, goTo };
}

/** Waits for two frames: one in which the page follows an event, one in which it has drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Closes the contexts of a test, so that no page of one test lives on in the next. */
export async function closePages(browser: Browser | undefined): Promise<void> {
  for (const context of browser?.contexts() ?? []) await context.close();
}

export const fixtureFolder: string = join(dirname(new URL(import.meta.url).pathname), 'fixtures');
