import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type ExecutionSpec, SpecError } from '@planscope/engine';
import { recordingProvider, spanLines } from './recording-provider.ts';

export async function main(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  const tracerProvider = recordingProvider();
  const engine = await createEngine({ tracing: { preset: 'maximal' }, environment: {}, tracerProvider });
  try {
    await writeFile(join(folder, 'flights.csv'), 'origin,delay\nHAM,5\nHAM,15\nMUC,40\n');
    const spec: ExecutionSpec = {
      version: 1,
      inputs: [{ name: 'flights', location: join(folder, 'flights.csv') }],
      views: [{ name: 'late', sql: 'SELECT origin, avg(delay) AS delay FROM flights GROUP BY origin ORDER BY origin' }],
      outputs: [
        { name: 'rows', from: 'late' },
        { name: 'late', from: 'late', location: join(folder, 'late.csv') },
      ],
    };
    const { status, outputs, summary, traceId } = await engine.run(spec);
    assert.equal(status, 'ok');
    assert.equal(outputs[0]?.rows, 2);
    assert.equal(summary.outputRows.value, 4);
    assert.equal(await readFile(join(folder, 'late.csv'), 'utf8'), 'origin,delay\nHAM,10.0\nMUC,40.0\n');
    assert.equal(traceId?.length, 32);
    const lines = spanLines(tracerProvider);
    for (const name of [
      'planscope.execute',
      'analyze_logical_plan',
      'DuckDBExec',
      'FetchExec',
      'file.head',
      'UploadExec',
      'file.put',
    ]) {
      assert.ok(
        lines.some((line) => line.split(' ')[0] === name),
        `${name} is missing in\n${lines.join('\n')}`,
      );
    }
    assert.ok(tracerProvider.spans.every(({ ended }) => ended));
    await assert.rejects(engine.run({ ...spec, inputs: [] }), (error) => SpecError.isInstance(error));
    return `a specification over a CSV run, ${lines.length} spans`;
  } finally {
    await engine.close();
    await rm(folder, { recursive: true });
  }
}
