/** Longest delay that a timer of Node.js keeps, in milliseconds; a longer one would fire at once. */
export const LONGEST_TIMER_MILLIS: number = 2 ** 31 - 1;
