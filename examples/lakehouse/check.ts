import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';

const check: ExampleCheck = ({ output, folder }) => {
  assert.match(output, /two writers at once: versions 2 and 3\n/);
  // Every seventh of 1,000, 2,000 and twice 10 parcels is late.
  assert.match(output, /late in version 0: 143\nlate in the newest version: 433\n/);
  assert.match(output, /FetchExec .*files_scanned=4\n/);
  const log = readdirSync(`${folder}/.planscope/lake/deliveries/_delta_log`).sort();
  assert.deepEqual(
    log,
    [0, 1, 2, 3].map((version) => `${String(version).padStart(20, '0')}.json`),
  );
};

export default check;
