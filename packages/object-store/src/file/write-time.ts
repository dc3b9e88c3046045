/** Apart enough that a file system that keeps microseconds, given a double of seconds, keeps them apart too. */
const step = 2;

let last = 0;

/**
 * A time of writing in seconds, later than any given out before. Files written within one tick of the clock would
 * otherwise share a time, and an inode that is used again would bring back an old etag.
 */
export function nextWriteTime(): number {
  last = Math.max(last + step, Math.floor((performance.timeOrigin + performance.now()) * 1000));
  return last / 1_000_000;
}
