import { createStoreRegistry, FileStore, instrumentStore, MemoryStore } from '@planscope/object-store';

/**
 * Every store of this program, each traced. `lake://readings/2026.csv` is an object of a scheme of its own, kept in the
 * folder `readings` of the lake; `memory:///report.txt` is one in memory.
 */
export const stores = createStoreRegistry({
  factories: {
    lake: ({ bucket }) => instrumentStore(new FileStore({ root: `.planscope/lake/${bucket}`, name: 'lake' })),
    memory: () => instrumentStore(new MemoryStore()),
  },
});
