type Listener = () => void;

const listeners = new WeakMap<AbortSignal, Set<Listener>>();

/**
 * Calls back once when the signal is aborted. However many wait, the signal has one listener: Node warns of a leak from
 * the eleventh on, and a plan can have more operators than that.
 *
 * @returns takes the callback away
 */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  const waiting = listeners.get(signal) ?? listen(signal);
  waiting.add(listener);
  return () => {
    waiting.delete(listener);
  };
}

function listen(signal: AbortSignal): Set<Listener> {
  const waiting = new Set<Listener>();
  listeners.set(signal, waiting);
  signal.addEventListener(
    'abort',
    () => {
      for (const listener of [...waiting]) listener();
    },
    { once: true },
  );
  return waiting;
}
