/**
 * Whether the work ended before the deadline; work that fails has ended too. While it waits it keeps the process alive:
 * nothing else of the pipeline does.
 *
 * @param deadlineMillis longest wait
 */
export function inTime(deadlineMillis: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), Math.min(deadlineMillis, LONGEST_TIMER_MILLIS));
    const end = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    work.then(end, end);
  });
}

/** Longest delay that a timer of Node.js keeps, in milliseconds; a longer one would fire at once. */
export const LONGEST_TIMER_MILLIS: number = 2 ** 31 - 1;
