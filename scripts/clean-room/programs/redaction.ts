import assert from 'node:assert/strict';
import { createTextRedactor, describeError, redactSql, redactUrl, truncateText } from '@planscope/redaction';

export async function main(): Promise<string> {
  const sql = redactSql("SELECT * FROM people WHERE email = 'ada@example.com' -- mine");
  assert.equal(sql.trim(), 'SELECT * FROM people WHERE email = ?1');
  assert.doesNotMatch(redactUrl('s3://key:secret@bucket/people.parquet?X-Amz-Signature=abc'), /secret|abc/);
  assert.doesNotMatch(describeError(new Error("Could not convert string 'ada' to INT32")).message, /ada/);
  assert.equal(typeof createTextRedactor, 'function');
  assert.ok(truncateText('x'.repeat(100), 40).length < 100);
  return sql.trim();
}
