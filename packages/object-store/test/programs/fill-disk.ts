/** Fills the file system it is given, of two mebibytes, in every way a store writes; then makes it read-only. */
import { spawnSync } from 'node:child_process';
import { patternBytes } from '../../src/testing/room.ts';
import { FailureLog } from '../faults/failure-log.ts';

const [, , root = ''] = process.argv;
const log = new FailureLog(root);
const { store } = log;
const large = patternBytes(3_000_000);

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < large.byteLength; start += 100_000) yield large.subarray(start, start + 100_000);
}

async function main(): Promise<void> {
  await store.put('kept', patternBytes(900_000));
  await log.note('put of bytes', () => store.put('x', large));
  await log.note('put of a stream over an object', () => store.put('kept', chunks()));
  await log.note('copy', async () => {
    await store.copy('kept', 'second');
    await store.copy('kept', 'third');
  });
  await store.delete('second');

  const upload = await store.putMultipart('big');
  await upload.putPart(1, large.subarray(0, 500_000));
  await log.note(
    'part',
    () => upload.putPart(2, large),
    () => upload.abort(),
  );
  const whole = await store.putMultipart('big');
  await whole.putPart(1, large.subarray(0, 800_000));
  await log.note(
    'complete',
    () => whole.complete(),
    () => whole.abort(),
  );

  const remounted = spawnSync('mount', ['-o', 'remount,ro', root], { encoding: 'utf8' });
  if (remounted.status !== 0) throw new Error(remounted.stderr);
  await log.note('put, read-only', () => store.put('x', 'x'));
  await log.note('put in a new folder, read-only', () => store.put('new/folder/x', 'x'));
  await log.note('put_multipart, read-only', () => store.putMultipart('x'));
  await log.note('copy, read-only', () => store.copy('kept', 'x'));
  await log.note('rename, read-only', () => store.rename('kept', 'x'));
  await log.note('delete, read-only', () => store.delete('kept'));
  log.print();
}

await main();
