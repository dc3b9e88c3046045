import { deferSpans } from '@planscope/semconv';

/** The spans of one query that is over, to be drawn when the program has gone on. */
export interface Drawing {
  /** Characters of raw text that it holds. */
  readonly size: number;
  /** Prepares to be drawn; false while something of it is still to come. */
  ready(): boolean;
  /** Ends the query's span, with all that is known by now. Never throws; only the first call counts. */
  draw(): void;
  /** Ends the query's span without what is in its raw texts. */
  drawReduced(): void;
}

/** What may wait: beyond it a query keeps its own span, and the numbers that need no parsing. */
const MAX_DRAWINGS = 5_000;
const MAX_SIZE = 64 * 1024 * 1024;
/**
 * How long a query waits before it is drawn, in milliseconds. Reading its rows takes some turns of the event loop, so drawing
 * in the next one would hold up the program that reads them.
 */
const DELAY_MS = 4;
/** What a turn of the event loop is used for this at most, in milliseconds; at least one query is drawn in each. */
const TURN_MS = 3;

/** A call that waits for these queries, and not for those that end later. */
interface Flush {
  readonly awaited: Set<Drawing>;
  readonly resolve: () => void;
}

/** Draws queries in later turns of the event loop, in the order in which they ended. */
export class DrawingBacklog {
  #waiting: Drawing[] = [];
  #size = 0;
  #cancel: (() => void) | undefined;
  #isRegistered = false;
  readonly #flushes = new Set<Flush>();

  add(drawing: Drawing): void {
    this.#register();
    if (this.#waiting.length >= MAX_DRAWINGS || this.#size + drawing.size > MAX_SIZE) {
      drawing.drawReduced();
      return;
    }
    this.#waiting.push(drawing);
    this.#size += drawing.size;
    this.#schedule();
  }

  /** Something that was not ready has become so. */
  ready(): void {
    if (this.#flushes.size > 0) this.#scheduleNext();
    else this.#schedule();
  }

  /** Draws everything now, whether it is ready or not. */
  drawAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    for (const drawing of waiting) drawing.draw();
    this.#settleFlushes(new Set(waiting));
  }

  /** Resolves when everything is drawn that has ended by now. */
  flush(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#flushes.add({ awaited: new Set(this.#waiting), resolve });
      this.#scheduleNext();
    });
  }

  #schedule(): void {
    if (this.#cancel !== undefined) return;
    const timer = setTimeout(() => this.#turn(), DELAY_MS);
    this.#cancel = () => clearTimeout(timer);
  }

  #scheduleNext(): void {
    this.#cancel?.();
    const immediate = setImmediate(() => this.#turn());
    this.#cancel = () => clearImmediate(immediate);
  }

  #turn(): void {
    this.#cancel = undefined;
    const until = performance.now() + TURN_MS;
    const ready = this.#waiting.filter((drawing) => drawing.ready());
    const drawn = new Set<Drawing>();
    for (const drawing of ready) {
      drawing.draw();
      drawn.add(drawing);
      this.#size -= drawing.size;
      if (performance.now() > until) break;
    }
    this.#waiting = this.#waiting.filter((drawing) => !drawn.has(drawing));
    if (drawn.size < ready.length) this.#scheduleNext();
    this.#settleFlushes(drawn);
  }

  #settleFlushes(drawn: ReadonlySet<Drawing>): void {
    for (const flush of this.#flushes) {
      for (const drawing of drawn) flush.awaited.delete(drawing);
      if (flush.awaited.size > 0) continue;
      this.#flushes.delete(flush);
      flush.resolve();
    }
  }

  #register(): void {
    if (this.#isRegistered) return;
    this.#isRegistered = true;
    deferSpans(() => this.drawAll());
    process.on('exit', () => this.drawAll());
  }
}

/** The queries of all traced connections of the process. */
export const drawingBacklog: DrawingBacklog = new DrawingBacklog();

/** Resolves when the spans of all queries are drawn that have ended by now, on whatever traced connection. */
export function flush(): Promise<void> {
  return drawingBacklog.flush();
}
