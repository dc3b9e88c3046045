/**
 * What the import of `@planscope/duckdb` adds to that of the driver, in cold processes that take turns: as ES module, as
 * CommonJS, and bundled by esbuild as for a serverless function.
 *
 * `node --import tsx bench/import-time.ts [--rounds 20]`, after `pnpm build`
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const GOAL_MILLIS = 30;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
// Inside of the workspace, where its packages are found.
const folder = mkdtempSync(fileURLToPath(new URL('.import-time-', import.meta.url)));

/** A program that prints the milliseconds of an import after that of the driver. */
function program(name: string, { load = 'await import', after }: { load?: string; after: string }): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `${load}('@duckdb/node-api');
    const start = performance.now();
    ${load}(${JSON.stringify(after)});
    console.log(performance.now() - start);`,
  );
  return file;
}

async function bundle(name: string, code: string): Promise<string> {
  await build({
    stdin: { contents: code, resolveDir: folder },
    outfile: join(folder, name),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    external: ['@duckdb/node-api'],
  });
  return `./${name}`;
}

const TRACED = `export { traceConnection } from '@planscope/duckdb';`;
const ways = {
  'ES module': program('esm.mjs', { after: '@planscope/duckdb' }),
  CommonJS: program('cjs.cjs', { load: 'require', after: '@planscope/duckdb' }),
  'bundle with traceConnection': program('bundle.mjs', { after: await bundle('traced.mjs', TRACED) }),
  '@opentelemetry/api alone': program('api.mjs', { after: '@opentelemetry/api' }),
  'apache-arrow alone': program('arrow.mjs', { after: 'apache-arrow' }),
};

try {
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, file] of Object.entries(ways)) {
      times.get(name)?.push(Number(execFileSync(process.execPath, [file], { encoding: 'utf8' })));
    }
  }
  for (const [name, all] of times) {
    const sorted = all.sort((one, two) => one - two);
    const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
    console.log(`${name.padEnd(28)} median ${at(0.5)} ms, a tenth below ${at(0.1)} ms, goal ${GOAL_MILLIS} ms`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
