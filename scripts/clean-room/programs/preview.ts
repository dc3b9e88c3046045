import assert from 'node:assert/strict';
import { createPreview, type PreviewBuilder, PreviewError } from '@planscope/preview';
import { tableFromArrays } from 'apache-arrow';

export async function main(): Promise<string> {
  const people = tableFromArrays({ id: Int32Array.from([1, 2]), email: ['ada@example.com', null] });
  const preview: PreviewBuilder = createPreview({ limit: 5, redaction: { mode: 'deny-list', columns: ['*mail*'] } });
  for (const batch of people.batches) preview.add(batch);
  const rendered = preview.finish();
  assert.equal(rendered?.rows, 2);
  assert.match(rendered.text, /\[REDACTED\]/);
  assert.doesNotMatch(rendered.text, /ada/);
  assert.throws(
    () => createPreview({ limit: -1 }),
    (error) => PreviewError.isInstance(error),
  );
  return `${rendered.rows} rows rendered, what is secret hidden`;
}
