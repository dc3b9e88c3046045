/**
 * Draws the last trace that the demo wrote as a picture: `npm run demo`, then `pnpm picture`.
 *
 * `pnpm picture [file of OTLP JSON lines] [picture]`: by default from .planscope/traces.jsonl into docs/trace.svg.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTraceFile } from '../packages/testing/src/index.ts';
import { drawPicture } from './picture/draw-picture.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [traces = inRepository('.planscope/traces.jsonl'), picture = inRepository('docs/trace.svg')] =
  process.argv.slice(2);

const filed = readTraceFile(traces);
const last = filed.at(-1)?.traceId;
if (last === undefined) throw new Error(`${traces} holds no trace; run the demo first, with a preset other than off`);
const spans = filed.filter(({ traceId }) => traceId === last);
const svg = drawPicture(spans);
writeFileSync(picture, svg);
console.log(`${picture}: ${spans.length} spans, ${svg.length.toLocaleString('en-US')} bytes`);
