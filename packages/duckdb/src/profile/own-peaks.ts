/** The largest memory and temporary storage of an instance, in bytes. */
export interface InstancePeaks {
  readonly memory: number;
  readonly temporaryStorage: number;
}

/**
 * What else may be in the peaks of a profile. DuckDB 1.5 never resets them: they are the largest that its connection saw
 * of the whole instance.
 */
export interface PeakOrigins {
  /** Peaks that the connection had before the statement; undefined if that is not known. */
  readonly before: InstancePeaks | undefined;
  /** Whether Planscope saw no other statement of the process meanwhile. */
  readonly ranAlone: boolean;
}

export const NO_PEAKS: InstancePeaks = { memory: 0, temporaryStorage: 0 };

/** A statement that was the first of its connection and had its instance to itself. */
export const FIRST_AND_ALONE: PeakOrigins = { before: NO_PEAKS, ranAlone: true };

/** What of the peaks belongs to a statement. */
export interface OwnPeaks {
  /** Of the whole instance, while the statement ran. */
  readonly peakMemory?: number;
  /** Of the whole instance, while the statement ran. */
  readonly peakTemporaryStorage?: number;
  /** What the statement itself put on disk at least. */
  readonly leastSpilled?: number;
}

/**
 * Tells which peaks were reached while the statement ran, and how much of the temporary storage is its own: what it grew
 * by while nothing else ran. A statement does not spill more than it allocated; DuckDB also writes tables in memory to
 * disk to make room.
 *
 * @param found the peaks in the profile
 * @param allocated bytes that the statement allocated in all
 */
export function ownPeaks(
  found: Partial<InstancePeaks>,
  allocated: number | undefined,
  { before, ranAlone }: PeakOrigins,
): OwnPeaks {
  const { memory, temporaryStorage } = found;
  const grown = before === undefined || temporaryStorage === undefined ? 0 : temporaryStorage - before.temporaryStorage;
  const isOwn = ranAlone && grown > 0 && allocated !== undefined && grown <= allocated;
  return {
    ...(isReached(memory, before?.memory) ? { peakMemory: memory } : {}),
    ...(isReached(temporaryStorage, before?.temporaryStorage) ? { peakTemporaryStorage: temporaryStorage } : {}),
    ...(isOwn ? { leastSpilled: grown } : temporaryStorage === 0 ? { leastSpilled: 0 } : {}),
  };
}

function isReached(peak: number | undefined, before: number | undefined): peak is number {
  return peak === 0 || (peak !== undefined && before !== undefined && peak > before);
}
