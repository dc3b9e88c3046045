import assert from 'node:assert/strict';
import { createMetricsCollector, createRunHistory, runMetrics } from '@planscope/metrics-collector';
import { MetricsSet, type OperatorRecord } from '@planscope/plan';

export async function main(): Promise<string> {
  const collector = createMetricsCollector();
  const record: OperatorRecord = {
    id: 'operator-1',
    name: 'ScanExec',
    description: 'ScanExec: flights',
    status: 'ok',
    metrics: new MetricsSet([{ name: 'output_rows', type: 'count', unit: '{row}', value: 446 }]),
    reports: [],
  };
  collector.observe(record);
  const summary = collector.summary([]);
  assert.deepEqual(summary.outputRows, { value: 446, source: 'counted' });
  assert.equal(summary.bytesRead.value, null);
  assert.deepEqual(
    collector.operators().map(({ name }) => name),
    ['ScanExec'],
  );
  runMetrics().record({ system: 'duckdb', operation: 'SELECT', status: 'ok', duration: 29, summary });
  const history = createRunHistory({ maxRuns: 2 });
  history.add({ fingerprint: 'f', status: 'ok', duration: 29, endedAt: new Date(0) });
  assert.deepEqual(
    history.fingerprints().map(({ fingerprint, runs }) => ({ fingerprint, runs })),
    [{ fingerprint: 'f', runs: 1 }],
  );
  return 'rows counted, what was not measured left out';
}
