import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Run } from '@planscope/run-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../src/index.ts';
import { startBrowser } from './browser.ts';
import { recordedRuns } from './recorded-runs.ts';

const browser = await startBrowser();
let runs: Run[];
let server: Server;
let url: string;
/** The connection of the page, and what it asked to continue from. */
const connections: { readonly response: ServerResponse; readonly last: string | undefined }[] = [];

const named = (index: number, name: string): Run => ({ ...(runs[index] as Run), id: name, name, queries: [] });

beforeAll(async () => {
  runs = await recordedRuns('tpch');
  server = createServer(({ url: path, headers }, response) => {
    if (path === '/runs?after=0') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      connections.push({ response, last: headers['last-event-id'] as string | undefined });
      response.write('retry: 10\n\n');
    } else if (path === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(renderPage([{ run: named(0, 'run 0') }], { live: { events: '/runs?after=0' } }));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

describe.skipIf(browser === undefined)('a page that its server keeps up to date', () => {
  it('adds runs without a reload, leaves the open one open, and connects again', async () => {
    const page = await (browser as NonNullable<typeof browser>).newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) problems.push(message.text());
    });
    const send = (id: number, run: Run): void => {
      connections.at(-1)?.response.write(`id: ${id}\ndata: ${JSON.stringify({ run })}\n\n`);
    };
    await page.goto(url);
    await expect.poll(() => page.getByRole('status').first().innerText(), { timeout: 15_000 }).toContain('live');
    send(1, named(1, 'run 1'));
    send(2, named(2, 'run 2'));
    const names = async (): Promise<string[]> =>
      (await page.locator('.listed .text').allInnerTexts()).map((text) => text.trim());
    await expect.poll(names, { timeout: 15_000 }).toEqual(['run 2', 'run 1', 'run 0']);
    expect(await page.locator('main').getAttribute('aria-label')).toBe('run 0');
    await page.locator('.listed').first().click();
    expect(await page.locator('main').getAttribute('aria-label')).toBe('run 2');
    expect(await page.locator('.card').count()).toBe(runs[2]?.operators.length);

    connections.at(-1)?.response.end();
    await expect.poll(() => connections.length, { timeout: 15_000 }).toBe(2);
    expect(connections.at(-1)?.last).toBe('2');
    send(3, { ...named(3, 'run 1'), name: 'run 1 again' });
    await expect.poll(names, { timeout: 15_000 }).toEqual(['run 2', 'run 1 again', 'run 0']);
    expect(problems).toEqual([]);
  }, 90_000);
});
