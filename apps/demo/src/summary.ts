import type { RunResult } from '@planscope/engine';

const NUMBERS = [
  ['outputRows', 'rows', 'rows out'],
  ['outputBatches', '', 'batches out'],
  ['outputBytes', 'bytes', 'bytes out'],
  ['elapsedComputeNanos', 'ns', 'compute'],
  ['bytesRead', 'bytes', 'read by the engine'],
  ['bytesWritten', 'bytes', 'written by the engine'],
  ['storeBytesRead', 'bytes', 'read from stores'],
  ['storeBytesWritten', 'bytes', 'written to stores'],
  ['spilledBytes', 'bytes', 'spilled'],
  ['selectivity', '', 'rows out per row scanned'],
  ['operatorCount', '', 'operators'],
] as const;

/** The run's result in a few lines: identities, and every number that was measured with where it comes from. */
export function renderSummary(result: RunResult): string {
  const { summary } = result;
  const seconds = (result.completedAt.getTime() - result.startedAt.getTime()) / 1000;
  const lines = [
    ['status', `${result.status} in ${seconds.toFixed(2)} s`],
    ...NUMBERS.flatMap(([field, unit, title]) => {
      const measured = summary[field];
      return measured.value === null ? [] : [[title, `${figure(measured.value)} ${unit}`.trimEnd(), measured.source]];
    }),
    ['warnings', result.warnings.map(({ code, message }) => `${code}: ${message}`).join('\n') || 'none'],
    ['spec hash', result.specHash ?? 'none'],
    ['envelope hash', result.envelopeHash ?? 'none'],
    ['rulepack fingerprint', result.rulepackFingerprint ?? 'none'],
  ];
  const width = Math.max(...lines.map(([title = '']) => title.length));
  return lines
    .map(
      ([title = '', value, source]) => `${title.padEnd(width)}  ${value}${source === undefined ? '' : ` (${source})`}`,
    )
    .join('\n');
}

function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
