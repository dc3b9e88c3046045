import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const manifest = fileURLToPath(new URL('builder.yaml', import.meta.url));

/**
 * The OpenTelemetry Collector, built from its Go modules once for each manifest and kept in the user's cache folder.
 *
 * @param minutes longest time for the build; what was compiled until then is kept by Go
 * @returns the path of the program, or a sentence that says why there is none
 */
export async function buildCollector(minutes: number): Promise<{ path: string } | { missing: string }> {
  const text = readFileSync(manifest, 'utf8');
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: only where a program is kept, no task of turbo
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'planscope', `otelcol-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
  const path = join(folder, 'build', 'otelcol');
  if (existsSync(path)) return { path };
  if ((await execa('go', ['version'], { reject: false })).failed) return { missing: 'Go is not installed' };
  mkdirSync(folder, { recursive: true });
  const version = /otlpreceiver (v[\d.]+)/.exec(text)?.[1];
  const steps = [
    `GOBIN="$PWD" go install go.opentelemetry.io/collector/cmd/builder@${version}`,
    `./builder --config "${manifest}"`,
  ];
  // Ends the compilers, too, at the limit: with status 124.
  const args = ['-n', '10', 'timeout', `${minutes}m`, 'bash', '-ec', steps.join('\n')];
  const build = await execa('nice', args, { cwd: folder, reject: false });
  if (build.exitCode === 124) return { missing: `its build took longer than ${minutes} minutes` };
  if (build.failed) throw build;
  return { path };
}
