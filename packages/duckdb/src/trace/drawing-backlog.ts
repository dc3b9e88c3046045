import { deferSpans } from '@planscope/semconv';

/** The spans of one query that has ended. They are drawn later, so that the program can continue. */
export interface Drawing {
  /** Length of its raw texts in characters. */
  readonly size: number;
  /** Prepares for drawing; returns false while parts of it are still missing. */
  ready(): boolean;
  /** Ends the span of the query with everything that is known. Never throws; only the first call has an effect. */
  draw(): void;
  /** Ends the span of the query without parsing its raw texts. */
  drawReduced(): void;
}

/** Limits of the backlog. A query beyond them has only its own span, with the numbers that need no parsing. */
const MAX_DRAWINGS = 5_000;
const MAX_SIZE = 64 * 1024 * 1024;
/**
 * Delay before a query is drawn, in milliseconds. The program needs some turns of the event loop to read the rows, and
 * drawing in the next turn would delay it.
 */
const DELAY_MS = 4;
/** Time limit for drawing in one turn of the event loop, in milliseconds; each turn draws at least one query. */
const TURN_MS = 3;

/** A call of `flush`, which waits for these queries and not for later ones. */
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

  /** Notifies the backlog that a drawing has become ready. */
  ready(): void {
    if (this.#flushes.size > 0) this.#scheduleNext();
    else this.#schedule();
  }

  /** Draws everything now, even drawings that are not ready. */
  drawAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    for (const drawing of waiting) drawing.draw();
    this.#settleFlushes(new Set(waiting));
  }

  /** Resolves when all queries that have ended before the call are drawn. */
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

/** The backlog of all traced connections of the process. */
export const drawingBacklog: DrawingBacklog = new DrawingBacklog();

/** Resolves when the spans of all queries that ended before the call are drawn, for all traced connections. */
export function flush(): Promise<void> {
  return drawingBacklog.flush();
}
