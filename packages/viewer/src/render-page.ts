import { createHash } from 'node:crypto';
import type { PageRun } from './finding.ts';
import { summarizeRun } from './page/run-summary.ts';
import { pageAssets } from './page-assets.ts';

/** What a page shows besides its runs. */
export interface PageOptions {
  /** Title of the page. Default: what the only run is about, else `Planscope`. */
  readonly title?: string;
  /** For a page that its own server keeps up to date. Default: the page makes no request. */
  readonly live?: {
    /**
     * Path of server-sent events, each with a run and its findings as JSON (`PageRun`). A run whose id the page knows
     * replaces the earlier one.
     */
    readonly events: string;
  };
}

/**
 * Renders finished runs as one HTML page, which needs no network and no other file.
 *
 * The runs are inert JSON. The page has a content security policy that lets only its own script and style run, and that
 * refuses every request and every text as HTML, so that no text of a trace is ever code.
 * @param runs in the order of the page's list
 */
export function renderPage(runs: readonly PageRun[], options: PageOptions = {}): string {
  return [...pageParts(runs, options)].join('');
}

/**
 * The page of {@link renderPage} in parts, in their order, so that a page of any size can be written to a stream. Each run
 * is a part.
 *
 * @param runs in the order of the page's list
 */
export function* pageParts(runs: readonly PageRun[], options: PageOptions = {}): Generator<string> {
  const { script, style } = pageAssets();
  const summaries = runs.map(summarizeRun);
  const title = options.title ?? (runs.length === 1 ? (summaries[0]?.name ?? '') : 'Planscope');
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    ...(options.live === undefined ? [] : ["connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  yield lines(
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeText(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"><noscript>This page needs JavaScript to show its runs.</noscript></div>',
    dataBlock('summaries', summaries),
    ...(options.live === undefined ? [] : [dataBlock('live', options.live)]),
  );
  // One block for each run, so that a run is parsed when it is opened.
  for (const [index, { run, findings = [] }] of runs.entries())
    yield lines(dataBlock(`run-${index}`, { run, findings }));
  yield lines(`<script>${script}</script>`, '</body>', '</html>');
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** JSON that a parser of HTML takes for text up to its end tag, and that is valid JavaScript too. */
function dataBlock(id: string, value: unknown): string {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `<script type="application/json" id="${id}">${json}</script>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\0', '\ufffd');
}

function hash(content: string): string {
  return `sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}`;
}
