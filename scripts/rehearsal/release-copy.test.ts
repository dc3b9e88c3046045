import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { announcedPackages } from '../api/api-problems.ts';
import { mendCopy, type ReleasingCopy } from './release-copy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'planscope-mended-'));
const layers = join(folder, 'packages/config/src/layers');
const copy: ReleasingCopy = { folder, root, pnpm: { program: 'pnpm', args: [] } };
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('mends one message of the sources as they are, and announces that', async () => {
  mkdirSync(join(folder, '.changeset'));
  cpSync(join(root, 'packages/config/src/layers'), layers, { recursive: true });
  const { before, after } = mendCopy(copy);
  const mended = readFileSync(join(layers, 'layer.ts'), 'utf8');
  expect(mended).toContain(after);
  expect(mended).not.toContain(before);
  expect(await announcedPackages(folder)).toEqual(new Set(['@planscope/config']));
});

test('asks for another fix where the message is gone', () => {
  mkdirSync(layers, { recursive: true });
  writeFileSync(join(layers, 'layer.ts'), '');
  expect(() => mendCopy(copy)).toThrow('choose another fix to rehearse');
});
