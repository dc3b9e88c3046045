import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { announcedPackages } from '../api/api-problems.ts';
import { mended, mendMessage } from './mend-message.ts';

const layers = 'packages/config/src/layers';
const folder = mkdtempSync(join(tmpdir(), 'planscope-mended-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('mends one message of the sources as they are, and announces that', async () => {
  mkdirSync(join(folder, '.changeset'));
  cpSync(new URL(`../../${layers}`, import.meta.url), join(folder, layers), { recursive: true });
  mendMessage(folder);
  const text = readFileSync(join(folder, layers, 'layer.ts'), 'utf8');
  expect(text).toContain(mended.after);
  expect(text).not.toContain(mended.before);
  expect(await announcedPackages(folder)).toEqual(new Set(['@planscope/config']));
});

test('asks for another fix where the message is gone', () => {
  mkdirSync(join(folder, layers), { recursive: true });
  writeFileSync(join(folder, layers, 'layer.ts'), '');
  expect(() => mendMessage(folder)).toThrow('choose another fix to rehearse');
});
