import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { createEngine } from '@planscope/engine';
import { findings } from '@planscope/findings';
import { renderPage } from '@planscope/viewer';
import { HELP, readArguments, UsageError } from './arguments.ts';
import { readFinishedRun } from './finished-run.ts';
import { flightsSpec, querySpec } from './flights-spec.ts';
import { progressOn } from './progress.ts';
import { renderReport } from './report.ts';
import { styleFor } from './style.ts';
import { demoTracing } from './tracing.ts';
import { whereToLook } from './where-to-look.ts';

const folder = join(process.cwd(), '.planscope');
const traceFile = join(folder, 'traces.jsonl');
const pageFile = join(folder, 'demo.html');
const USAGE_STATUS = 2;

async function main(argv: readonly string[]): Promise<void> {
  const demo = readArguments(argv);
  if (demo.help) {
    process.stdout.write(HELP);
    return;
  }
  mkdirSync(folder, { recursive: true });
  const progress = progressOn(process.stderr);
  const style = styleFor(process.stdout, process.env);
  const tracing = demoTracing(demo, traceFile);
  const pipeline = startTracing(resolveTracingConfig({ explicit: tracing }).config);
  const engine = await createEngine({ tracing, tracerProvider: pipeline.tracerProvider });
  const spec = demo.sql === undefined ? flightsSpec(folder) : querySpec(demo.sql);
  const result = await progress
    .step('Running the specification', () => engine.run(spec))
    .finally(async () => {
      await engine.close();
      await pipeline.shutdown();
    });
  const { traceId } = result;
  const run = traceId === undefined ? undefined : await readFinishedRun(traceFile, traceId);
  if (run !== undefined) writeFileSync(pageFile, renderPage([{ run, findings: findings(run) }]));
  process.stdout.write(
    `\n${renderReport(result, run, style)}\n\n${whereToLook(demo, result, { traceFile, pageFile }, style)}\n`,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exitCode = USAGE_STATUS;
    return;
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
