import assert from 'node:assert/strict';
import { askPrometheus } from '../../scripts/examples/ask-prometheus.ts';
import type { ExampleCheck } from '../../scripts/examples/example-check.ts';

const check: ExampleCheck = async ({ start }) => {
  const program = start('serve');
  try {
    const target = (await program.printed(/scrape http:\/\/(\S+)\/metrics/))[1] ?? '';
    const samples = parse(await (await fetch(`http://${target}/metrics`)).text());
    const value = (name: string, ...labels: string[]): number | undefined =>
      samples.find((sample) => sample.name === name && labels.every((label) => sample.labels.includes(label)))?.value;
    assert.equal(value('planscope_run_output_rows_total', 'db_operation_name="SELECT"'), 2143);
    assert.equal(value('planscope_run_output_rows_total', 'db_operation_name="COPY"'), 5000);
    assert.equal(value('planscope_run_errors_total', 'error_type="InvalidInputError"'), 1);
    const succeeded = ['db_operation_name="SELECT"', 'planscope_run_status="ok"'];
    assert.equal(value('db_client_operation_duration_count', ...succeeded), 3);
    assert.equal(value('db_client_operation_duration_bucket', ...succeeded, 'le="+Inf"'), 3);

    const { PROMETHEUS } = process.env;
    if (PROMETHEUS === undefined) {
      console.log('left out: scraping with a real Prometheus, since PROMETHEUS names none');
    } else {
      const queries = ['sum(planscope_run_output_rows_total)', 'sum(db_client_operation_duration_count)'];
      assert.deepEqual(await askPrometheus(PROMETHEUS, target, queries), [7143, 5]);
    }
    assert.equal((await program.end('SIGTERM')).status, 0);
  } finally {
    await program.end('SIGKILL');
  }
};

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** Reads the text format of Prometheus, in which each sample follows the type of its family. */
function parse(exposition: string): Sample[] {
  let family: { name: string; type: string } | undefined;
  const samples: Sample[] = [];
  for (const line of exposition.trim().split('\n')) {
    const [, name, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) family = { name, type };
    if (line.startsWith('#')) continue;
    const sample = /^(?<name>\w+)\{(?<labels>(?:\w+="(?:[^"\\]|\\.)*",?)*)\} (?<value>\S+)(?: \d+)?$/.exec(
      line,
    )?.groups;
    assert.ok(sample?.name, `no sample: ${line}`);
    const { name: key, labels = '', value } = sample;
    const suffixes = family?.type === 'histogram' ? ['_count', '_sum', '_bucket'] : [''];
    assert.ok(
      suffixes.some((suffix) => key === `${family?.name}${suffix}`),
      `${key} is not of the family before it`,
    );
    assert.ok(family?.type !== 'counter' || key.endsWith('_total'), `the counter ${key} has no _total`);
    assert.ok(!Number.isNaN(Number(value)), line);
    samples.push({ name: key, labels, value: Number(value) });
  }
  return samples;
}

export default check;
