/** Waits without keeping the process alive; ends early, without an error, when the signal is aborted. */
export function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    // A longer delay than a timer holds would fire at once.
    const timer = setTimeout(end, Math.min(millis, 2 ** 31 - 1)).unref();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
