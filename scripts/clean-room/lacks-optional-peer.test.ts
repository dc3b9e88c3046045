import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lacksOptionalPeer } from './lacks-optional-peer.ts';

const project = mkdtempSync(join(tmpdir(), 'planscope-peers-'));
const modules = join(project, 'node_modules/@planscope/object-store');
mkdirSync(modules, { recursive: true });
const peerDependenciesMeta = { '@aws-sdk/client-s3': { optional: true } };
writeFileSync(join(modules, 'package.json'), JSON.stringify({ peerDependenciesMeta }));
afterAll(() => rmSync(project, { recursive: true }));

const missing = (file: string, module: string): string =>
  `${file}(1,20): error TS2307: Cannot find module '${module}' or its corresponding type declarations.`;

test('lets a declaration of ours miss an optional peer', () => {
  expect(lacksOptionalPeer(missing(`${modules}/dist/s3.d.ts`, '@aws-sdk/client-s3'))).toBe(true);
});

test('lets nothing else pass', () => {
  expect(lacksOptionalPeer(missing(`${modules}/dist/index.d.ts`, 'zod'))).toBe(false);
  expect(lacksOptionalPeer(missing(`${project}/program.mts`, '@aws-sdk/client-s3'))).toBe(false);
  expect(lacksOptionalPeer(`${modules}/dist/index.d.ts(3,1): error TS2304: Cannot find name 'Buffer'.`)).toBe(false);
});
