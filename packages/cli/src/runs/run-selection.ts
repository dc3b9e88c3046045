import type { Run } from '@planscope/run-model';

/** Which runs to keep. */
export interface SelectionOptions {
  /** The most runs to keep, from 1. */
  readonly limit: number;
  /** Keep the slowest instead of the last. */
  readonly slowest: boolean;
  /** Keep only runs whose id or trace id begins so. */
  readonly id?: string | undefined;
  /** The most spans of all kept runs together. Default: 40,000, which take about 60 MB. At least one run is kept. */
  readonly maxSpans?: number;
}

/** The last or the slowest runs of many, in bounded memory. */
export class RunSelection {
  readonly #options: Required<Omit<SelectionOptions, 'id'>> & Pick<SelectionOptions, 'id'>;
  #runs: Run[] = [];
  #spans = 0;
  #seen = 0;

  constructor({ maxSpans = 40_000, ...options }: SelectionOptions) {
    this.#options = { ...options, maxSpans };
  }

  add(run: Run): void {
    const { id, limit, slowest, maxSpans } = this.#options;
    if (id !== undefined && !run.id.startsWith(id) && run.identity.traceId?.startsWith(id) !== true) return;
    this.#seen += 1;
    this.#runs.push(run);
    this.#spans += run.spans.length;
    while (this.#runs.length > 1 && (this.#runs.length > limit || this.#spans > maxSpans)) {
      const index = slowest ? fastest(this.#runs) : 0;
      const [removed] = this.#runs.splice(index, 1);
      this.#spans -= removed?.spans.length ?? 0;
    }
  }

  /** The slowest first, or in the order in which they were added. */
  get runs(): readonly Run[] {
    if (!this.#options.slowest) return this.#runs;
    return this.#runs.toSorted((one, other) => (other.duration ?? 0) - (one.duration ?? 0));
  }

  /** Number of runs that were asked for. */
  get seen(): number {
    return this.#seen;
  }

  /** Number of those that were not kept. */
  get left(): number {
    return this.#seen - this.#runs.length;
  }
}

function fastest(runs: readonly Run[]): number {
  return runs.reduce((found, { duration = 0 }, index) => (duration < (runs[found]?.duration ?? 0) ? index : found), 0);
}
