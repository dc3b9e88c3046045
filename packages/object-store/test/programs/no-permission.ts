/** Touches files that it has no permission for, as a user whom permissions stop. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collect } from '../../src/testing/room.ts';
import { FailureLog } from '../faults/failure-log.ts';

const nobody = 65_534;
const [, , root = ''] = process.argv;
const log = new FailureLog(root);
const { store } = log;

/** Does something with all the permissions that the process started with. */
async function asOwner(run: () => Promise<unknown>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(0);
  await run();
  if (isRoot) process.seteuid?.(nobody);
}

async function main(): Promise<void> {
  await asOwner(async () => {
    await mkdir(join(root, 'fixed'));
    await writeFile(join(root, 'fixed', 'secret'), 'x');
    await writeFile(join(root, 'fixed', 'open'), 'x');
    await chmod(join(root, 'fixed', 'secret'), 0o000);
    await chmod(join(root, 'fixed'), 0o555);
    await chmod(root, 0o755);
  });
  await log.note('get', () => store.get('fixed/secret'));
  await log.note('put', () => store.put('fixed/new', 'x'));
  await log.note('put_multipart', () => store.putMultipart('fixed/new'));
  await log.note('copy', () => store.copy('fixed/open', 'fixed/new'));
  await log.note('rename', () => store.rename('fixed/open', 'fixed/new'));
  await log.note('delete', () => store.delete('fixed/open'));
  await asOwner(() => chmod(join(root, 'fixed'), 0o000));
  await log.note(
    'list',
    () => collect(store.list('fixed')),
    () => asOwner(() => chmod(join(root, 'fixed'), 0o755)),
  );
  log.print();
}

await main();
