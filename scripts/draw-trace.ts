/**
 * Draws the last run that the demo wrote as a picture: `npm run demo`, then `pnpm picture`.
 *
 * `pnpm picture [file of OTLP JSON lines] [picture]`: by default from .planscope/traces.jsonl into docs/trace.svg.
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Run, readRuns } from '../packages/run-model/src/index.ts';
import { toSvg } from '../packages/viewer/src/index.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [traces = inRepository('.planscope/traces.jsonl'), picture = inRepository('docs/trace.svg')] =
  process.argv.slice(2);

let last: Run | undefined;
for await (const run of readRuns(createReadStream(traces))) last = run;
if (last === undefined) throw new Error(`${traces} holds no run; run the demo first, with a preset other than off`);
writeFileSync(picture, toSvg(last, { drawing: 'timeline' }));
