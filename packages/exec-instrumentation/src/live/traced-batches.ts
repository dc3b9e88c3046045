import type { Batch } from '@planscope/plan';

/** How a stream of batches ended. */
export type StreamEnd = { readonly how: 'done' | 'returned' } | { readonly how: 'threw'; readonly error: unknown };

/** Observes a stream. Its methods never throw. */
export interface StreamWatcher {
  /** Runs a call of the stream in the context of its operator. */
  within<T>(call: () => T): T;
  /** Called when the consumer makes a call. */
  asked(): void;
  /** Called when the call is answered. */
  answered(): void;
  batch(batch: Batch): void;
  /** May be called more than once; only the first call has an effect. */
  ended(end: StreamEnd): void;
}

/** Observes a stream: the result has the same batches and errors in the same order. */
export function tracedBatches<Rows extends Batch>(
  batches: AsyncIterable<Rows>,
  watcher: StreamWatcher,
): AsyncIterable<Rows> {
  return {
    [Symbol.asyncIterator]: () => {
      try {
        return new TracedIterator(
          watcher.within(() => batches[Symbol.asyncIterator]()),
          watcher,
        );
      } catch (error) {
        watcher.ended({ how: 'threw', error });
        throw error;
      }
    },
  };
}

type Result<Rows> = IteratorResult<Rows, unknown>;

/** A class instead of a generator, because a generator would serialize the calls and run them in its own context. */
class TracedIterator<Rows extends Batch> implements AsyncIterableIterator<Rows, unknown, unknown> {
  /** Present only if the stream has it, because consumers check. */
  readonly throw?: (error?: unknown) => Promise<Result<Rows>>;
  readonly #inner: AsyncIterator<Rows, unknown, unknown>;
  readonly #watcher: StreamWatcher;
  #pulls = 0;
  #end: StreamEnd | undefined;

  constructor(inner: AsyncIterator<Rows, unknown, unknown>, watcher: StreamWatcher) {
    this.#inner = inner;
    this.#watcher = watcher;
    if (inner.throw !== undefined) this.throw = (error) => this.#raise(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(...values: [] | [unknown]): Promise<Result<Rows>> {
    this.#pulls += 1;
    return this.#ask(
      () => this.#inner.next(...values),
      (result) => {
        if (result.done === true) this.#pulled({ how: 'done' });
        else {
          this.#watcher.batch(result.value);
          this.#pulled(undefined);
        }
      },
      (error) => this.#pulled({ how: 'threw', error }),
    );
  }

  /** Always present, so that an early stop of the consumer is noticed even if the stream has no `return`. */
  return(value?: unknown): Promise<Result<Rows>> {
    return this.#ask(
      () => this.#inner.return?.(value) ?? Promise.resolve({ done: true as const, value }),
      () => this.#watcher.ended({ how: 'returned' }),
      (error) => this.#watcher.ended({ how: 'threw', error }),
    );
  }

  #raise(thrown: unknown): Promise<Result<Rows>> {
    return this.#ask(
      () => this.#inner.throw?.(thrown) ?? Promise.reject(thrown),
      (result) => {
        if (result.done === true) this.#watcher.ended({ how: 'returned' });
        else this.#watcher.batch(result.value);
      },
      // If the stream rethrows the consumer's error, the consumer has stopped early and the stream did not fail.
      (error) => this.#watcher.ended(error === thrown ? { how: 'returned' } : { how: 'threw', error }),
    );
  }

  /** Calls may overlap and be answered in any order, so the stream has ended when no call is pending. */
  #pulled(end: StreamEnd | undefined): void {
    this.#pulls -= 1;
    this.#end ??= end;
    if (this.#end !== undefined && this.#pulls === 0) this.#watcher.ended(this.#end);
  }

  #ask(
    call: () => Promise<Result<Rows>>,
    answered: (result: Result<Rows>) => void,
    failed: (error: unknown) => void,
  ): Promise<Result<Rows>> {
    const settle = (report: () => void): void => {
      this.#watcher.answered();
      report();
    };
    this.#watcher.asked();
    let answer: Promise<Result<Rows>>;
    try {
      answer = Promise.resolve(this.#watcher.within(call));
    } catch (error) {
      settle(() => failed(error));
      throw error;
    }
    return answer.then(
      (result) => {
        settle(() => answered(result));
        return result;
      },
      (error: unknown) => {
        settle(() => failed(error));
        throw error;
      },
    );
  }
}
