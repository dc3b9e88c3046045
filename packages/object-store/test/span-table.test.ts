import { expect, it } from 'vitest';
import { tableInReadme } from './span-table/in-readme.ts';
import { recordedStores } from './span-table/recorded-stores.ts';
import { spanTable } from './span-table/span-table.ts';

// Where it is not, in this package's folder:
// node --conditions=@planscope/source --import tsx test/programs/write-span-table.ts
it('the table of spans in the README is what the stores record', async () => {
  expect(await tableInReadme()).toBe(spanTable(await recordedStores()));
});
