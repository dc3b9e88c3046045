/**
 * Rows that a program gets at once, at which a stream is better. As JavaScript values, a million rows of ten columns
 * take about 500 MB, which is an eighth of the heap that Node allows by default on a machine of 8 GB.
 */
export const LARGE_RESULT_ROWS = 1_000_000;
