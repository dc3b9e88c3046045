const ROUND = [1, 2, 5, 10];
const MOST = 6;

/** Round numbers from 0 to an end, as few as fit an axis. */
export function ticks(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / MOST));
  const step = power * (ROUND.find((factor) => end / (power * factor) < MOST) ?? 10);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}
