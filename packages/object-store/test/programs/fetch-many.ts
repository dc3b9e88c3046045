// Fetches objects over and over as soon as it is told to, from a store that is the same in every process.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectCache } from '../../src/index.ts';
import { patternBytes } from '../../src/testing/room.ts';
import { RemoteStore } from '../cache/remote-store.ts';

const [folder = '', objects = '1', rounds = '1', maxBytes = '1000000000', pause = '0'] = process.argv.slice(2);
const SIZE = 200_000;

const store = new RemoteStore();
const found = [];
for (let index = 0; index < Number(objects); index += 1)
  found.push(await store.write(`${index}`, patternBytes(SIZE, index)));
store.before = () => sleep(Number(pause));
const cache = new ObjectCache({ folder, maxBytes: Number(maxBytes), partSize: 64 * 1024 });
console.log('ready');
await once(process.stdin, 'data');

const sums = { fetched: 0, cached: 0, wrong: 0 };
for (let round = 0; round < Number(rounds); round += 1) {
  await using files = cache.open();
  const here = await files.fetchAll(found, { onBytes: () => process.env.ANNOUNCE && console.log('bytes') });
  for (const [index, { path, bytesFetched, bytesCached }] of here.entries()) {
    sums.fetched += bytesFetched;
    sums.cached += bytesCached;
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    if (hash(readFileSync(path)) !== hash(patternBytes(SIZE, index))) sums.wrong += 1;
  }
}
console.log(JSON.stringify(sums));
process.exit(0);
