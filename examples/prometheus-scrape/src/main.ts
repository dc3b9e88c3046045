import { once } from 'node:events';
import { createEngine } from '@planscope/engine';
import { runQueries } from './run-queries.ts';
import { startMetrics } from './start-metrics.ts';

const metrics = await startMetrics(Number(process.env.PORT ?? 0));
const engine = await createEngine({ meterProvider: metrics.meterProvider });
await runQueries(engine);

if (process.argv.includes('--serve')) {
  console.log(`scrape ${metrics.url} until Ctrl-C`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
} else {
  const exposition = await (await fetch(metrics.url)).text();
  console.log(`\n${samples(exposition).join('\n')}`);
}

await engine.close();
await metrics.close();

/** What is worth a look: no zeros, no details of histograms, no labels that name the library. */
function samples(exposition: string): string[] {
  return exposition
    .split('\n')
    .filter((line) => /^(db|planscope)_/.test(line) && !/_bucket|_sum| 0$/.test(line))
    .map((line) => line.replace(/otel_scope_\w+="[^"]*",?/g, ''));
}
