import { isRecordBatch } from '@planscope/plan';
import { createPreview, type PreviewOptions } from '@planscope/preview';
import { ATTR_DATAFUSION_PREVIEW, ATTR_DATAFUSION_PREVIEW_ROWS } from '@planscope/semconv';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

const NAME = 'preview';

/**
 * Records the first rows that passed, over all partitions; it takes their cells at once and holds no batch.
 *
 * @throws PreviewError when a bound is no whole number from 0 up
 */
export function previewRecorder(options: PreviewOptions): OperatorRecorderFactory {
  createPreview(options); // bad bounds are refused here, before any work has started
  return (warn) => {
    const onWarning = (message: string): void => {
      options.onWarning?.(message);
      warn(NAME, `met a problem: ${message}`);
    };
    const preview = createPreview({ ...options, onWarning });
    return {
      name: NAME,
      onBatch: (batch) => {
        if (!preview.isFull && isRecordBatch(batch)) preview.add(batch);
      },
      onEnd: (_, span) => {
        const shown = preview.finish();
        if (shown === undefined) return;
        span.setAttributes({ [ATTR_DATAFUSION_PREVIEW]: shown.text, [ATTR_DATAFUSION_PREVIEW_ROWS]: shown.rows });
      },
    };
  };
}
