import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { objectStoreConformance } from '../testing/index.ts';
import { FileStore } from './file-store.ts';

const root = await mkdtemp(join(tmpdir(), 'planscope-file-store-'));
afterAll(() => rm(root, { recursive: true }));

describe('conformance', () => {
  for (const { name, run } of objectStoreConformance(() => new FileStore({ root }))) test(name, run);
});
