import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as esm from '@planscope/redaction';

const cjs = createRequire(import.meta.url)('@planscope/redaction') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.redactSql, cjs.redactSql);
  const placeholders = esm.createPlaceholders();
  assert.equal(esm.redactSql("SELECT 'a'", { placeholders }), 'SELECT ?1');
  assert.equal(cjs.redactSql("SELECT 'b', 'a'", { placeholders }), 'SELECT ?2, ?1');
  return 'placeholders are numbered over both builds';
}
