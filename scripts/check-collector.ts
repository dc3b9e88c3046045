/**
 * Validates every configuration in docs/collector with the real OpenTelemetry Collector, and sends runs through it.
 *
 * `pnpm check:collector [minutes]`: needs Go and its module proxy for the first build, which may take that long (default
 * 8); without, one line says what was left out.
 */

import { checkedEnvironment, configurationPath, configurationSets } from './collector/configurations.ts';
import { runProgram } from './collector/run-program.ts';
import { buildCollector } from './collector/running-collector.ts';
import { sendDemoRun } from './collector/send-demo-run.ts';

const minutes = Number(process.argv[2] ?? 8);
const collector = await buildCollector(minutes * 60_000);
if ('missing' in collector) {
  console.log(`left out: docs/collector was not checked with the OpenTelemetry Collector, since ${collector.missing}`);
} else {
  for (const names of configurationSets()) {
    const args = ['validate', ...names.map((name) => `--config=${configurationPath(name)}`)];
    const { status, output } = await runProgram(collector.path, args, { environment: checkedEnvironment(names) });
    console.log(`${status === 0 ? 'ok     ' : 'PROBLEM'} ${names.join(' + ')}${status === 0 ? '' : `\n${output}`}`);
    if (status !== 0) process.exitCode = 1;
  }
  console.log(`ok      ${await sendDemoRun(collector.path)}`);
}
