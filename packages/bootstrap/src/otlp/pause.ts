import { LONGEST_TIMER_MILLIS } from '../longest-timer.ts';

/** Waits without keeping the process alive; ends early, without an error, when the signal is aborted. */
export function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(millis, LONGEST_TIMER_MILLIS)).unref();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
