/**
 * Draws the last trace that the demo wrote as a picture: `npm run demo`, then `pnpm picture`.
 *
 * `pnpm picture [file of OTLP JSON lines] [picture]`: by default from .planscope/traces.jsonl into docs/trace.svg.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTrace } from '../apps/demo/src/trace-file.ts';
import { drawPicture } from './picture/draw-picture.ts';
import { lastTraceId } from './picture/last-trace-id.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [traces = inRepository('.planscope/traces.jsonl'), picture = inRepository('docs/trace.svg')] =
  process.argv.slice(2);

const spans = readTrace(traces, lastTraceId(traces));
const svg = drawPicture(spans);
writeFileSync(picture, svg);
console.log(`${picture}: ${spans.length} spans, ${svg.length.toLocaleString('en-US')} bytes`);
