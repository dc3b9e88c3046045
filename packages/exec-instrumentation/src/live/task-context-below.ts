import type { Context } from '@opentelemetry/api';
import type { RunWarning, TaskContext, WarningSink } from '@planscope/plan';

// One process may load this package twice, as ESM and as CommonJS; neither notes what is warned of below the other.
const key = Symbol.for('planscope.exec-instrumentation.run-sinks');
const holder = globalThis as { [key]?: WeakMap<WarningSink, WarningSink> };
holder[key] ??= new WeakMap();

/** Where a sink that was made here hands its warnings on to. */
const runSinks: WeakMap<WarningSink, WarningSink> = holder[key];

/**
 * The context that a node is executed with: the one its wrapper was given, with the operator's place in the trace. What
 * the node warns of is also noted; what is warned of below it is not, that is noted there.
 *
 * @param place asked for when the node first looks, not before
 */
export function taskContextBelow(
  context: TaskContext,
  place: (parent: Context) => Context,
  note: (warning: RunWarning) => void,
): TaskContext {
  const runSink = runSinks.get(context.warn) ?? context.warn;
  const warn: WarningSink = (warning) => {
    note(warning);
    runSink(warning);
  };
  runSinks.set(warn, runSink);
  let otelContext: Context | undefined;
  return {
    ...context,
    warn,
    get otelContext(): Context {
      otelContext ??= place(context.otelContext);
      return otelContext;
    },
  };
}
