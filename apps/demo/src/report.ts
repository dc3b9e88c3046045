import type { RunResult } from '@planscope/engine';
import { createPreview } from '@planscope/preview';
import { type Run, renderRunTree } from '@planscope/run-model';
import { ATTR_DATAFUSION_PLAN_DIFF, ATTR_DATAFUSION_PREVIEW } from '@planscope/semconv';
import type { Style } from './style.ts';
import { renderSummary } from './summary.ts';

const RESULT_ROWS = 20;

/**
 * Everything the demo shows of one run, section by section.
 *
 * @param run undefined if it was not traced
 */
export function renderReport(result: RunResult, run: Run | undefined, style: Style): string {
  const sections = [
    ...result.outputs.map((output) => [`Output ${output.name}: ${output.rows} rows`, outputText(output)] as const),
    ['Trace', run && renderRunTree(run, { heading: style.dim, failed: style.red })] as const,
    textSection('A plan diff', run, ATTR_DATAFUSION_PLAN_DIFF),
    textSection('A preview, one column redacted', run, ATTR_DATAFUSION_PREVIEW),
    ['Summary', renderSummary(result)] as const,
  ];
  return sections
    .filter(([, text]) => text !== undefined)
    .map(([title, text]) => `${style.bold(title)}\n${text}`)
    .join('\n\n');
}

function outputText(output: RunResult['outputs'][number]): string | undefined {
  if (output.file !== undefined) {
    const { location, format, bytes } = output.file;
    return `${format} file of ${bytes.toLocaleString('en-US')} bytes at ${location}`;
  }
  const table = createPreview({ limit: RESULT_ROWS, maxWidth: 120, maxBytes: 0 });
  for (const batch of output.batches ?? []) table.add(batch);
  return table.finish()?.text ?? '(no rows)';
}

/** The first span that carries this text, with its name. */
function textSection(title: string, run: Run | undefined, key: string): readonly [string, string | undefined] {
  const span = run?.spans.find(({ attributes }) => Object.hasOwn(attributes, key));
  return [`${title} (span ${span?.name})`, span && String(span.attributes[key])];
}
