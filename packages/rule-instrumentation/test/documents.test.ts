import { readFileSync } from 'node:fs';
import { findAttribute, sharedSchema } from '@planscope/semconv';
import { expect, it } from 'vitest';

it.each(['../README.md', '../../../docs/planning.md'])('%s names only attributes that are registered', (path) => {
  const text = readFileSync(new URL(path, import.meta.url), 'utf8');
  const keys = [...text.matchAll(/`((?:planscope|datafusion|error)\.[a-z_.]+)`/g)].map(([, key]) => key ?? '');
  expect(keys.length).toBeGreaterThan(5);
  expect(keys.filter((key) => findAttribute(key, sharedSchema.attributes) === undefined)).toEqual([]);
});

it('the README names every attribute of planning spans', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const keys = sharedSchema.attributes
    .filter(({ setBy }) => setBy.includes('rule-instrumentation'))
    .map(({ key }) => key)
    .filter((key) => !key.startsWith('exception.'));
  expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});
