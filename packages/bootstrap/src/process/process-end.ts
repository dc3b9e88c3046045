/** What a pipeline does when the process ends. */
export interface ProcessEndHook {
  /** The event loop has run dry; work started here keeps the process alive until it is done. */
  runDry(): void;
  /** The process exits now; nothing asynchronous will run any more. */
  exit(): void;
}

const hooks = new Set<ProcessEndHook>();

const onBeforeExit = (): void => {
  for (const hook of hooks) hook.runDry();
};

const onExit = (): void => {
  for (const hook of hooks) hook.exit();
};

/**
 * Calls the hook when the process ends. However many hooks there are, the process has one listener for each event, and
 * none once the last is taken back.
 *
 * @returns takes the hook back
 */
export function onProcessEnd(hook: ProcessEndHook): () => void {
  if (hooks.size === 0) {
    process.on('beforeExit', onBeforeExit);
    process.on('exit', onExit);
  }
  hooks.add(hook);
  return () => {
    if (!hooks.delete(hook) || hooks.size > 0) return;
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}
