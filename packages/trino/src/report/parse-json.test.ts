import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

async function* partsOf(text: string, length: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const texts = fc.oneof(
  { weight: 4, arbitrary: fc.json({ maxDepth: 6, stringUnit: 'binary' }) },
  fc.json().chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
  fc.string(),
);

it('parses what arrives in parts of any length as JSON.parse does the whole', () => {
  const property = fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), async (text, length) => {
    expect(await parseJson(partsOf(text, length))).toEqual(parsed(text));
    expect(await parseJson(text)).toEqual(parsed(text));
  });
  return fc.assert(property);
});

it('changes no prototype, and throws at no key', async () => {
  const text = '{"a": {"__proto__": {"polluted": true}, "b": [1, 2]}}';
  for (const length of [1, 7, 20, 100]) {
    const value = await parseJson(partsOf(text, length));
    expect(value === undefined || 'a' in Object(value)).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  }
});

it('gives other work its turn', async () => {
  const text = JSON.stringify(Array.from({ length: 40_000 }, (_, index) => ({ index, text: `row ${index}` })));
  let turns = 0;
  let isOpen = true;
  const turn = (): void => {
    turns += 1;
    if (isOpen) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await parseJson(text)).toHaveLength(40_000);
  isOpen = false;
  expect(turns).toBeGreaterThan(5);
});

it('passes on an error of its source', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('{"a": [1,');
    throw new Error('connection lost');
  }
  await expect(parseJson(broken())).rejects.toThrow('connection lost');
});
