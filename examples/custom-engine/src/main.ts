import { createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { Table, Utf8, vectorFromArray } from 'apache-arrow';
import { PipeEngine } from './pipe-engine.ts';

const flights = new Table({
  origin: vectorFromArray(['ABQ', 'SEA', 'SEA', 'JFK', 'SEA', 'ABQ', 'JFK', 'ABQ'], new Utf8()),
  delay: vectorFromArray(Int32Array.of(75, 12, 190, 61, 64, -3, 88, 120)),
  distance: vectorFromArray(Int32Array.of(580, 580, 2422, 2422, 679, 328, 301, 677)),
  tail: vectorFromArray(['N1', 'N2', 'N3', 'N4', 'N5', 'N6', 'N7', 'N8'], new Utf8()),
});

// Stands in for the tracer provider of an OpenTelemetry SDK.
const recorder = createSpanRecorder();
const engine = new PipeEngine(new Map([['flights', flights]]), recorder.tracerProvider);

const query = 'flights | where delay > 60 | where distance < 1000 | count origin';
console.log(`${query}\n`);
for await (const batch of engine.query(query)) for (const row of batch) console.log(`${row}`);

const spans = recorder.spans();
const attributes = ['datafusion.metrics.output_rows', 'datafusion.metrics.selectivity', 'datafusion.node'];
console.log(`\n${renderSpanTree(spans, { attributes })}`);

for (const key of ['datafusion.plan_diff', 'datafusion.preview']) {
  const span = spans.find(({ name, attributes }) => key in attributes && /prune|Filter/.test(name));
  console.log(`\n${key} of ${span?.name}\n${span?.attributes[key]}`);
}
