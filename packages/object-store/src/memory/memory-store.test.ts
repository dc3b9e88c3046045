import { describe, test } from 'vitest';
import { objectStoreConformance } from '../testing/index.ts';
import { MemoryStore } from './memory-store.ts';

describe('conformance', () => {
  const store = new MemoryStore();
  for (const { name, run } of objectStoreConformance(() => store)) test(name, run);
});
