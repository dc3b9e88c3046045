import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordedRuns } from '../test/recorded-runs.ts';
import { pageParts, renderPage } from './render-page.ts';

const empty = renderPage([]);

/** The content of a block by its id. */
function block(html: string, id: string): unknown {
  const [, json = ''] = new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, 's').exec(html) ?? [];
  return JSON.parse(json);
}

describe('renderPage', () => {
  let runs: Awaited<ReturnType<typeof recordedRuns>>;
  beforeAll(async () => {
    runs = await recordedRuns('flights');
  });

  it('is below 400 kB without runs', () => {
    expect(Buffer.byteLength(empty)).toBeLessThan(400_000);
  });

  it('comes in parts, of which none has more than one run', () => {
    const page = Array.from({ length: 5 }, () => runs.map((run) => ({ run }))).flat();
    const parts = [...pageParts(page)];
    expect(parts.join('')).toBe(renderPage(page));
    expect(parts.map((part) => part.match(/id="run-\d+"/g)?.length ?? 0)).toEqual([0, ...page.map(() => 1), 0]);
  });

  it('names no other file and no address', () => {
    const markup = empty.replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
    expect(markup).not.toMatch(/(?:src|href)=|https?:/);
  });

  it('admits only its own script and style', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(empty) ?? [];
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(empty) ?? [];
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(empty) ?? [];
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  it('may make requests to its own server only where that adds runs', () => {
    const live = renderPage([], { live: { events: '/runs?after=7' } });
    const policy = (html: string): string => /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const added = policy(live)
      .split('; ')
      .filter((rule) => !policy(empty).split('; ').includes(rule));
    expect(added).toEqual(["connect-src 'self'"]);
    expect(block(live, 'live')).toEqual({ events: '/runs?after=7' });
  });

  it('includes the licenses of its libraries', () => {
    expect(empty).toContain('Jason Miller');
    expect(empty).toContain('Mike Bostock');
    expect(empty).toContain('Sam Hocevar');
  });

  it('contains its runs and findings as they are', () => {
    const finding = {
      rule: 'spill',
      severity: 'warning',
      title: '</script><!--\u2028',
      explanation: '',
      evidence: [],
      advice: '',
    };
    const html = renderPage(runs.map((run) => ({ run, findings: [finding] })));
    expect(block(html, 'run-0')).toEqual(JSON.parse(JSON.stringify({ run: runs[0], findings: [finding] })));
    expect(block(html, 'summaries')).toMatchObject([
      {
        id: runs[0]?.id,
        name: 'COPY flights airports, SELECT flights airports',
        findings: 1,
        labels: ['demo.name=flights'],
      },
    ]);
    expect(html).not.toContain('\u2028');
  });

  it('has the title that is given, else what its only run is about', () => {
    const title = (html: string): string | undefined => /<title>(.*?)<\/title>/.exec(html)?.[1];
    const [run] = runs.map((each) => ({ run: each }));
    expect(title(empty)).toBe('Planscope');
    expect(title(renderPage([run as never]))).toBe('COPY flights airports, SELECT flights airports');
    expect(title(renderPage([], { title: '<b> & co' }))).toBe('&lt;b&gt; &amp; co');
  });
});
