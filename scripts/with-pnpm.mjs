// Runs a root script on a machine that has only Node and npm: brings the pinned pnpm through npx, installs from the
// lockfile, then hands over to `<script>:ready` with the caller's arguments and exit status.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [script, ...rest] = process.argv.slice(2);

const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
// Set when this itself runs below `npm exec --package=…`; npx would then take the name of pnpm for a command.
delete environment.npm_config_package;

function pnpm(args, options = {}) {
  const { status, error } = spawnSync('npx', ['--yes', packageManager, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: environment,
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

pnpm(['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn']);
pnpm(['--silent', 'run', `${script}:ready`, ...rest]);
