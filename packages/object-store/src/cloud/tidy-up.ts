/** Milliseconds that a call which failed, or was left, is held up to take away what it sent. */
const limit = 5_000;

/**
 * Takes away what a call that is over has sent. Nothing comes of it where that fails or takes too long: what ended the call
 * is what its caller has to know.
 */
export async function tidyUp(takeAway: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  await takeAway(AbortSignal.timeout(limit)).catch(() => undefined);
}
