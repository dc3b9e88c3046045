import type { Run } from '@planscope/run-model';

/** Which runs to keep. */
export interface SelectionOptions {
  /** The most runs to keep, from 1. */
  readonly limit: number;
  /** Keep the slowest instead of the last. */
  readonly slowest: boolean;
  /** Keep only runs whose id or trace id begins so. */
  readonly id?: string | undefined;
  /** The most spans of all kept runs together. Default: 40,000, which take about 50 MB. At least one run is kept. */
  readonly maxSpans?: number;
}

/** A run as JSON in bytes, outside of the heap, which grows to several times what is held in it. */
interface KeptRun {
  readonly bytes: Buffer;
  readonly spans: number;
  readonly duration: number;
}

/** The last or the slowest runs of many, in bounded memory. */
export class RunSelection {
  readonly #options: Required<Omit<SelectionOptions, 'id'>> & Pick<SelectionOptions, 'id'>;
  readonly #kept: KeptRun[] = [];
  #spans = 0;
  #seen = 0;

  constructor({ maxSpans = 40_000, ...options }: SelectionOptions) {
    this.#options = { ...options, maxSpans };
  }

  add(run: Run): void {
    const { id, limit, slowest, maxSpans } = this.#options;
    if (id !== undefined && !run.id.startsWith(id) && run.identity.traceId?.startsWith(id) !== true) return;
    this.#seen += 1;
    const { duration = 0, spans } = run;
    if (slowest && this.#kept.length >= limit && this.#kept.every((kept) => kept.duration > duration)) return;
    this.#kept.push({ bytes: Buffer.from(JSON.stringify(run)), spans: spans.length, duration });
    this.#spans += spans.length;
    while (this.#kept.length > 1 && (this.#kept.length > limit || this.#spans > maxSpans)) {
      const [removed] = this.#kept.splice(slowest ? fastest(this.#kept) : 0, 1);
      this.#spans -= removed?.spans ?? 0;
    }
  }

  /** The slowest first, or in the order in which they were added. Each call reads them. */
  get runs(): Run[] {
    const kept = this.#options.slowest
      ? this.#kept.toSorted((one, other) => other.duration - one.duration)
      : this.#kept;
    return kept.map(({ bytes }) => JSON.parse(bytes.toString()) as Run);
  }

  /** Number of runs that were asked for. */
  get seen(): number {
    return this.#seen;
  }

  /** Number of those that were not kept. */
  get left(): number {
    return this.#seen - this.#kept.length;
  }
}

function fastest(runs: readonly KeptRun[]): number {
  return runs.reduce((found, { duration }, index) => (duration < (runs[found]?.duration ?? 0) ? index : found), 0);
}
