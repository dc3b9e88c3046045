// Fetches into a folder that cannot be used, and prints the error.
import { join } from 'node:path';
import { ObjectCache, type ObjectCacheError } from '../../src/index.ts';
import { RemoteStore } from '../cache/remote-store.ts';

const store = new RemoteStore();
await using files = new ObjectCache({ folder: join(process.argv[2] ?? '', 'cache') }).open();
const error = (await files.fetch(await store.write('x', 'abc')).catch((thrown: unknown) => thrown)) as ObjectCacheError;
const { code, message, cause } = error;
console.log(JSON.stringify({ code, message, cause: (cause as NodeJS.ErrnoException).code, gets: store.gets.length }));
