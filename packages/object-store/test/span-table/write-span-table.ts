/** Writes the table of spans into the README; from the root of the repository: see the test that compares the two. */
import { writeTable } from './in-readme.ts';
import { recordedStores } from './recorded-stores.ts';
import { spanTable } from './span-table.ts';

await writeTable(spanTable(await recordedStores()));
