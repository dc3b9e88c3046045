import { createSpanRecorder } from '@planscope/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StorageTracer } from '../instrument/storage-tracer.ts';
import { bodyNotes, TracedIterator } from '../instrument/traced-stream.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import { abortable, untilAborted } from './abortable.ts';
import { ObjectBody } from './object-body.ts';
import { bodyBytes } from './put-body.ts';

/** What a reader of a stream may do: pull so often, then read on, leave, or throw. */
const reading = fc.record({
  chunks: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }),
  pulls: fc.nat(10),
  end: fc.constantFrom('drain', 'return', 'throw'),
  failAfter: fc.option(fc.nat(8)),
});

class Source implements AsyncIterator<Uint8Array> {
  pulled = 0;
  released = 0;
  readonly failure = new Error('the source failed');

  constructor(
    readonly chunks: readonly Uint8Array[],
    readonly failAfter: number | null,
  ) {}

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.pulled === this.failAfter) throw this.failure;
    const value = this.chunks[this.pulled];
    if (value === undefined) return { done: true, value: undefined };
    this.pulled += 1;
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.released += 1;
    return { done: true, value: undefined };
  }
}

/** Reads as told and says what the reader saw. */
async function read(items: AsyncIterable<Uint8Array>, { pulls, end }: { pulls: number; end: string }) {
  const seen: number[] = [];
  let thrown: unknown;
  try {
    let count = 0;
    for await (const chunk of items) {
      if (end !== 'drain' && count === pulls) {
        if (end === 'return') break;
        throw new Error('the reader threw');
      }
      seen.push(...chunk);
      count += 1;
    }
  } catch (error) {
    thrown = error;
  }
  return { seen, thrown: thrown instanceof Error ? thrown.message : undefined };
}

const wrappers: Record<string, (source: AsyncIterator<Uint8Array>) => AsyncIterable<Uint8Array>> = {
  ObjectBody: (source) => new ObjectBody(source),
  abortable: (source) => abortable({ [Symbol.asyncIterator]: () => source }, new AbortController().signal),
  TracedIterator: (source) => {
    const span = new StorageTracer(new MemoryStore(), { tracerProvider: createSpanRecorder().tracerProvider }).start(
      { operation: 'get', path: 'x' },
      {},
    );
    const traced = new TracedIterator(source, span, bodyNotes(span, 0), undefined);
    return { [Symbol.asyncIterator]: () => traced };
  },
};

describe.each(Object.entries(wrappers))('%s', (_, wrap) => {
  it('shows the reader and the source what they would see without it', async () => {
    await fc.assert(
      fc.asyncProperty(reading, async ({ chunks, pulls, end, failAfter }) => {
        const bare = new Source(chunks, failAfter);
        const wrapped = new Source(chunks, failAfter);
        const expected = await read({ [Symbol.asyncIterator]: () => bare }, { pulls, end });
        expect(await read(wrap(wrapped), { pulls, end })).toEqual(expected);
        expect([wrapped.pulled, wrapped.released]).toEqual([bare.pulled, bare.released]);
      }),
    );
  });

  it('pulls only when it is pulled', async () => {
    const source = new Source([new Uint8Array(1), new Uint8Array(1), new Uint8Array(1)], null);
    const iterator = wrap(source)[Symbol.asyncIterator]();
    expect(source.pulled).toBe(0);
    await iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.pulled).toBe(1);
    await iterator.return?.();
    expect(source.released).toBe(1);
  });
});

describe('ObjectBody', () => {
  it('reads the same by every way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), async (chunks) => {
        const whole = [...Buffer.concat(chunks)];
        expect([...(await new ObjectBody(new Source(chunks, null)).bytes())]).toEqual(whole);
        const streamed: number[] = [];
        for await (const chunk of new ObjectBody(new Source(chunks, null)).stream()) streamed.push(...chunk);
        expect(streamed).toEqual(whole);
      }),
    );
  });

  it('is let go by await using', async () => {
    const source = new Source([new Uint8Array(1)], null);
    {
      await using _body = new ObjectBody(source);
    }
    expect(source.released).toBe(1);
  });

  it('is read once', async () => {
    const body = new ObjectBody(new Source([], null));
    await body.bytes();
    await expect(body.bytes()).rejects.toThrow('a body can be read only once; get the object again');
  });
});

describe('abortable', () => {
  it('leaves a pull that hangs, and does not wait for the source', async () => {
    const controller = new AbortController();
    const hanging: AsyncIterator<Uint8Array> = {
      next: () => new Promise(() => undefined),
      return: () => new Promise(() => undefined),
    };
    const pull = abortable({ [Symbol.asyncIterator]: () => hanging }, controller.signal).next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(pull).rejects.toBe(reason);
  });
});

describe('untilAborted', () => {
  it('leaves no listener behind on a signal that lives on', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get: (target, key) => {
        if (key === 'addEventListener') listeners += 1;
        if (key === 'removeEventListener') listeners -= 1;
        const value = Reflect.get(target, key, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await untilAborted(Promise.resolve(1), counting);
    await untilAborted(Promise.reject(new Error('no')), counting).catch(() => undefined);
    expect(listeners).toBe(0);
  });
});

describe('bodyBytes', () => {
  it('refuses chunks that are no bytes', async () => {
    async function* strings(): AsyncGenerator<Uint8Array> {
      yield 'text' as never;
    }
    await expect(bodyBytes(strings(), undefined)).rejects.toThrow(
      '[planscope/object-store] a body must yield Uint8Array, it yielded string',
    );
  });
});
