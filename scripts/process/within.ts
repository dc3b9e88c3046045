import { setTimeout as sleep } from 'node:timers/promises';

/** Whether something holds before a time is over. */
export async function within(millis: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + millis;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
}
