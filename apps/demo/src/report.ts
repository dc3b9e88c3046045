import { renderTraceTree } from '@planscope/bootstrap';
import type { RunResult } from '@planscope/engine';
import { createPreview } from '@planscope/preview';
import { ATTR_DATAFUSION_PLAN_DIFF, ATTR_DATAFUSION_PREVIEW } from '@planscope/semconv';
import type { FileSpan } from '@planscope/testing';
import type { Style } from './style.ts';
import { renderSummary } from './summary.ts';

const RESULT_ROWS = 20;

/** Everything the demo shows of one run, section by section. */
export function renderReport(result: RunResult, spans: readonly FileSpan[], style: Style): string {
  const sections = [
    ...result.outputs.map((output) => [`Output ${output.name}: ${output.rows} rows`, outputText(output)] as const),
    ['Trace', spans.length === 0 ? undefined : renderTree(spans, style)] as const,
    textSection('A plan diff', spans, ATTR_DATAFUSION_PLAN_DIFF),
    textSection('A preview, one column redacted', spans, ATTR_DATAFUSION_PREVIEW),
    ['Summary', renderSummary(result)] as const,
  ];
  return sections
    .filter(([, text]) => text !== undefined)
    .map(([title, text]) => `${style.bold(title)}\n${text}`)
    .join('\n\n');
}

function renderTree(spans: readonly FileSpan[], style: Style): string {
  return renderTraceTree(spans, { heading: style.dim, failed: style.red });
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
function textSection(title: string, spans: readonly FileSpan[], key: string): readonly [string, string | undefined] {
  const span = spans.find(({ attributes }) => attributes.has(key));
  return [`${title} (span ${span?.name})`, span === undefined ? undefined : String(span.attributes.get(key))];
}
