/**
 * Whether the work ended before the deadline; failed work has ended too. The wait keeps the process alive:
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

/** Longest delay of a Node.js timer, in milliseconds; a longer one would fire at once. */
export const LONGEST_TIMER_MILLIS: number = 2 ** 31 - 1;
