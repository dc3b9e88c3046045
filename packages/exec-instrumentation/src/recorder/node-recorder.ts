import { ATTR_DATAFUSION_NODE } from '@planscope/semconv';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

/** Records what the node is, at its end: filters that were added while it ran are only known then. */
export const nodeRecorder: OperatorRecorderFactory = () => ({
  name: 'node',
  onEnd: ({ describe }, span) => span.setAttribute(ATTR_DATAFUSION_NODE, describe()),
});
