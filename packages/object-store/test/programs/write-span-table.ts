/** Writes the table of spans into the README; from the root of the repository: see the test that compares the two. */
import { writeTable } from '../span-table/in-readme.ts';
import { recordedStores } from '../span-table/recorded-stores.ts';
import { spanTable } from '../span-table/span-table.ts';

await writeTable(spanTable(await recordedStores()));
