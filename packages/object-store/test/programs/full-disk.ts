// Works on a disk of four MiB that no one else writes to, and prints what it saw.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectCache, ObjectCacheError } from '../../src/index.ts';
import { patternBytes } from '../../src/testing/room.ts';
import { RemoteStore } from '../cache/remote-store.ts';

const MIB = 1024 * 1024;
const folder = join(process.argv[2] ?? '', 'cache');
const store = new RemoteStore();
const cache = new ObjectCache({ folder, partSize: 256 * 1024 });

const sizes = (): number[] =>
  readdirSync(join(folder, 'objects')).map((name) => readFileSync(join(folder, 'objects', name)).length);

for (const path of ['a', 'b', 'c']) {
  await using files = cache.open();
  await files.fetch(await store.write(path, patternBytes(MIB)));
}
const kept = sizes();

const reading = cache.open();
const larger = await reading.fetch(await store.write('larger', patternBytes(2 * MIB, 1)));
const isWhole = Buffer.compare(readFileSync(larger.path), patternBytes(2 * MIB, 1)) === 0;
const afterwards = sizes();

const failing = cache.open();
const tooMuch = await store.write('too-much', patternBytes(5 * MIB));
const error: unknown = await failing.fetch(tooMuch).catch((thrown: unknown) => thrown);
const runs = readdirSync(join(folder, 'runs'));
const files = runs.flatMap((run) => readdirSync(join(folder, 'runs', run)));
const stillWhole = Buffer.compare(readFileSync(larger.path), patternBytes(2 * MIB, 1)) === 0;
await failing.close();
await reading.close();
console.log(
  JSON.stringify({
    kept,
    isWhole,
    afterwards,
    code: ObjectCacheError.isInstance(error) && error.code,
    message: error instanceof Error && error.message,
    cause: error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code,
    files,
    stillWhole,
    left: readdirSync(join(folder, 'runs')),
  }),
);
