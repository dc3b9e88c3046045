import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';

const check: ExampleCheck = async ({ output, folder, missingFromTrace }) => {
  const readings = `${folder}/.planscope/lake/readings`;
  assert.deepEqual(readdirSync(readings), ['2026.csv'], 'an upload left something behind');
  const lines = readFileSync(`${readings}/2026.csv`, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 30_000);
  assert.deepEqual(lines, [...lines].sort(), 'the parts are not in order of their number');

  assert.match(output, /^archive readings\n( {2}(lake|memory)\..*\n)+$/m, 'a span is not below that of the program');
  assert.match(output, /lake\.get .*result\.bytes=14\n/);
  assert.match(output, /lake\.get_ranges .*result\.bytes=26 request_count=1\n/);
  assert.equal(await missingFromTrace('src/main.ts'), '');
};

export default check;
