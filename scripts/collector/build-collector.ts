import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

const manifest = fileURLToPath(new URL('builder.yaml', import.meta.url));

/**
 * The OpenTelemetry Collector, built from its Go modules once for each manifest and kept in the user's cache folder.
 *
 * @param limitMillis longest time for the build; what was compiled until then is kept by Go
 * @returns the path of the program, or a sentence that says why there is none
 */
export async function buildCollector(limitMillis: number): Promise<{ path: string } | { missing: string }> {
  const text = readFileSync(manifest);
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: only where a program is kept, no task of turbo
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'planscope', `otelcol-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
  const path = join(folder, 'build', 'otelcol');
  if (existsSync(path)) return { path };
  if ((await runProgram('go', ['version'])).status !== 0) return { missing: 'Go is not installed' };
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + limitMillis;
  const version = /otlpreceiver (v[\d.]+)/.exec(text.toString())?.[1];
  const builder = join(folder, 'builder');
  const steps: [program: string, ...args: string[]][] = [
    ['go', 'install', `go.opentelemetry.io/collector/cmd/builder@${version}`],
    [builder, '--config', manifest],
  ];
  for (const step of steps) {
    const { status, output } = await runProgram('nice', ['-n', '10', ...step], {
      folder,
      environment: { GOBIN: folder },
      limitMillis: deadline - Date.now(),
    });
    if (status === 'timeout') return { missing: `its build took longer than ${limitMillis / 60_000} minutes` };
    if (status !== 0) throw new Error(`the Collector could not be built:\n${output}`);
  }
  return { path };
}
