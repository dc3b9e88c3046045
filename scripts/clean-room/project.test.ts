import { expect, test } from 'vitest';
import { leavePnpm } from './project.ts';

test('takes out what pnpm has set, and keeps how the registry is reached', () => {
  const environment: NodeJS.ProcessEnv = {
    PATH: '/bin',
    npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs',
    npm_config_frozen_lockfile: '',
    npm_config_registry: 'http://127.0.0.1:4873/',
    npm_package_name: 'planscope',
    pnpm_config_verify_deps_before_run: 'false',
    NODE_OPTIONS: '--conditions=x',
  };
  expect(leavePnpm(environment)).toEqual({ program: process.execPath, args: ['/usr/lib/pnpm/bin/pnpm.cjs'] });
  expect(environment).toEqual({ PATH: '/bin', npm_config_registry: 'http://127.0.0.1:4873/' });
});

test('takes the pinned pnpm where another package manager runs', () => {
  const pnpm = leavePnpm({ npm_execpath: '/usr/lib/npm/bin/npm-cli.js' });
  expect(pnpm).toMatchObject({ program: 'npx', args: ['--yes', expect.stringMatching(/^pnpm@\d/)] });
});
