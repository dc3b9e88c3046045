const MEBIBYTE = 1024 * 1024;
const COLUMNS = 60;
const BARS = '▁▂▃▄▅▆▇█';

/** Memory over time, measured until it is asked for. */
export interface MemoryCurve {
  /** Ends the measurement: a line of bars, and the heap and the resident set at the start, at most and at the end. */
  end(): string;
}

/** Measures the heap and the resident set of this process every few milliseconds. */
export function startMemoryCurve(intervalMillis = 20): MemoryCurve {
  globalThis.gc?.();
  const samples: NodeJS.MemoryUsage[] = [];
  const take = (): void => void samples.push(process.memoryUsage());
  take();
  const timer = setInterval(take, intervalMillis);
  return {
    end() {
      clearInterval(timer);
      take();
      globalThis.gc?.();
      take();
      const heap = samples.map(({ heapUsed }) => heapUsed);
      return `heap ${bars(heap)} ${range(heap)} | resident ${range(samples.map(({ rss }) => rss))}`;
    },
  };
}

/** First, largest and last value, in MiB. */
function range(bytes: readonly number[]): string {
  const [first, most, last] = [bytes[0], Math.max(...bytes), bytes.at(-1)].map((value = 0) =>
    Math.round(value / MEBIBYTE),
  );
  return `${first} → ${most} → ${last} MiB`;
}

/** The largest value of each column as a bar. */
function bars(bytes: readonly number[]): string {
  const columns = Math.min(COLUMNS, bytes.length);
  const most = Math.max(...bytes);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * bytes.length) / columns);
    const to = Math.floor(((column + 1) * bytes.length) / columns);
    const height = Math.max(...bytes.slice(from, to)) / most;
    return BARS[Math.min(BARS.length - 1, Math.floor(height * BARS.length))];
  }).join('');
}
