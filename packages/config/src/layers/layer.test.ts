import { expect, it } from 'vitest';
import { maskValue } from './layer.ts';

it.each([
  ['http://collector:4318/v1/traces', 'http://collector:4318/v1/traces'],
  ['https://me:pw@collector/v1', 'https://****@collector/v1'],
  ['https://me:p/w?@x#@collector/v1', 'https://****@collector/v1'],
  ['me:pw@collector', '****@collector'],
  ['https://collector/v1?key=abc', 'https://collector/v1?****'],
  ['https://collector/v1#abc', 'https://collector/v1#****'],
])('shows the endpoint %s as %s', (endpoint, shown) => {
  expect(maskValue('otlp.endpoint', endpoint)).toBe(shown);
});

it('masks headers and nothing else', () => {
  expect(maskValue('otlp.headers', 'abc')).toBe('****');
  expect(maskValue('serviceName', 'me@collector')).toBe('me@collector');
});
