import { isMainThread } from 'node:worker_threads';

/** What a pipeline does when the process ends. */
export interface ProcessEndHook {
  /** Sends what is left while the event loop still runs; keeps the process alive until it settles. */
  flush(): Promise<unknown>;
  /** Whether there are spans that the last flush has not tried to send. */
  hasNews(): boolean;
  /** The process ends now; no asynchronous code runs after this. */
  exit(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type EndingSignal = (typeof SIGNALS)[number];

interface ProcessEnd {
  readonly hooks: Set<ProcessEndHook>;
  /** The copy that listens. Two would each take the other for the program's listener, and a signal would end nothing. */
  removeListeners?: () => void;
}

// One process may load this package twice, as ESM and as CommonJS.
const key = Symbol.for('planscope.bootstrap.process-end');
const holder = globalThis as { [key]?: ProcessEnd };
holder[key] ??= { hooks: new Set() };
const shared: ProcessEnd = holder[key];
const { hooks } = shared;
let ending = false;

const onBeforeExit = (): void => {
  for (const hook of hooks) {
    // A failed flush would repeat forever, so only new spans start another one.
    if (hook.hasNews()) void hook.flush();
  }
};

const onExit = (): void => {
  for (const hook of hooks) hook.exit();
};

/** Delays the default behaviour of a signal until the spans are sent; a second signal does not wait. */
const onSignal = (signal: EndingSignal): void => {
  const flushed = Promise.all([...hooks].map((hook) => hook.flush()));
  // If the program has its own listener, that decides whether and when the process ends.
  if (process.listenerCount(signal) > 1) return;
  const end = (): void => {
    onExit();
    hooks.clear();
    stopListening();
    process.kill(process.pid, signal);
  };
  if (ending) {
    end();
  } else {
    ending = true;
    void flushed.then(end);
  }
};

/**
 * Calls the hook when the process ends. However many hooks there are, the process has one listener for each event, and
 * none once the last hook is removed.
 *
 * @returns removes the hook
 */
export function onProcessEnd(hook: ProcessEndHook): () => void {
  if (hooks.size === 0) addListeners();
  hooks.add(hook);
  return () => {
    if (hooks.delete(hook) && hooks.size === 0) stopListening();
  };
}

function addListeners(): void {
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  // Signals reach the main thread only.
  if (isMainThread) for (const signal of SIGNALS) process.on(signal, onSignal);
  shared.removeListeners = removeListeners;
}

function stopListening(): void {
  shared.removeListeners?.();
  delete shared.removeListeners;
}

function removeListeners(): void {
  process.off('beforeExit', onBeforeExit);
  process.off('exit', onExit);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}
