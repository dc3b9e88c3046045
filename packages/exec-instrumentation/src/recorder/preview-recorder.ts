import { createPreview, type PreviewOptions } from '@planscope/preview';
import { ATTR_DATAFUSION_PREVIEW, ATTR_DATAFUSION_PREVIEW_ROWS } from '@planscope/semconv';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

/** Records the first rows that passed, over all partitions; it takes their cells at once and holds no batch. */
export function previewRecorder(options: PreviewOptions): OperatorRecorderFactory {
  return () => {
    const preview = createPreview(options);
    return {
      name: 'preview',
      onBatch: (batch) => {
        if (!preview.isFull) preview.add(batch);
      },
      onEnd: (_, span) => {
        const shown = preview.finish();
        if (shown === undefined) return;
        span.setAttributes({ [ATTR_DATAFUSION_PREVIEW]: shown.text, [ATTR_DATAFUSION_PREVIEW_ROWS]: shown.rows });
      },
    };
  };
}
