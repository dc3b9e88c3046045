import { expect, test } from 'vitest';
import { leavePnpm } from './pack-packages.ts';

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
  expect(leavePnpm(environment)).toBe('/usr/lib/pnpm/bin/pnpm.cjs');
  expect(environment).toEqual({ PATH: '/bin', npm_config_registry: 'http://127.0.0.1:4873/' });
});

test('knows another package manager', () => {
  expect(leavePnpm({ npm_execpath: '/usr/lib/npm/bin/npm-cli.js' })).toBeUndefined();
});
