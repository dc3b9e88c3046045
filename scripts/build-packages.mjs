// Builds the packages for the check that follows, unless `SKIP_BUILD` is set: turbo writes also what it has in its cache,
// into files that another check may be reading.
import { spawnSync } from 'node:child_process';

// biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it.
if (!process.env.SKIP_BUILD) {
  const args = ['run', 'build', '--filter=./packages/*', '--output-logs=errors-only'];
  const { status, error } = spawnSync('turbo', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) throw error;
  process.exitCode = status ?? 1;
}
