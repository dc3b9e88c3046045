import { trace } from '@opentelemetry/api';
import { ObjectStoreError } from '@planscope/object-store';
import { stores } from './stores.ts';

const LINES_A_MONTH = 10_000;

/** One month of readings; every line is 14 bytes. */
function month(number: number): string {
  const line = (_: unknown, index: number): string => `2026-0${number},${`${index}`.padStart(5, '0')}\n`;
  return Array.from({ length: LINES_A_MONTH }, line).join('');
}

async function main(): Promise<void> {
  const { store, path } = stores.resolve('lake://readings/2026.csv');

  // In parts, at the same time, in any order; nothing is there before `complete`.
  const upload = await store.putMultipart(path);
  await Promise.all([3, 1, 2].map((number) => upload.putPart(number, month(number))));
  await upload.complete();

  // The last line, without reading the rest; then two ranges that lie close together, so one read has both.
  const { body, meta } = await store.get(path, { range: { suffix: 14 } });
  console.log(`${path} has ${meta.size} bytes and ends with ${(await body.text()).trim()}`);
  const [first, third] = await store.getRanges(path, [
    { start: 0, end: 13 },
    { start: 28, end: 41 },
  ]);
  console.log(`it begins with ${Buffer.from(first ?? [])}, and goes on to ${Buffer.from(third ?? [])}`);

  // Another store behind the same contract.
  const report = stores.resolve('memory:///reports/january.txt');
  await report.store.put(report.path, `${LINES_A_MONTH} readings\n`, { mode: 'create' });
  for await (const { url } of stores.expand('memory:///reports/*.txt')) console.log(`wrote ${url}`);

  const missing = stores.resolve('memory:///reports/february.txt');
  await missing.store.get(missing.path).catch((error: unknown) => {
    if (!ObjectStoreError.isInstance(error, 'NotFound')) throw error;
    console.log('there is no report of February');
  });
}

const tracer = trace.getTracer('archive');
await tracer.startActiveSpan('archive readings', (span) => main().finally(() => span.end()));
