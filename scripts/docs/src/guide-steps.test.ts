import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { readBlocks } from './document.ts';
import { guideSteps, screenProblem } from './guide-steps.ts';

const folder = mkdtempSync(join(tmpdir(), 'planscope-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;

/** Follows a guide; resolves to what its screens lack. */
async function follow(...parts: string[]): Promise<string | undefined> {
  const { script, screens } = guideSteps(readBlocks('guide.md', parts.join('\n')));
  const { stdout } = await execa('bash', ['-c', script], { cwd: folder });
  return screenProblem(screens, stdout);
}

test('commands are typed where those before have led, other blocks saved, text compared with the screen', async () => {
  const guide = [
    block('sh', 'mkdir project\ncd project'),
    'Save this as `a.mjs`:\n',
    block('js', 'console.error("took 12 ms");'),
    block('sh', 'node a.mjs'),
    'It prints:\n',
    block('text', 'took 3 ms'),
    '<!-- check: skip: it stays -->\n',
    block('sh', 'docker run x'),
  ];
  expect(await follow(...guide)).toBeUndefined();
});

test('stops where the screen shows something else, or a command fails', async () => {
  const other = await follow(block('sh', 'echo one'), block('text', 'two'), block('sh', 'echo two'));
  expect(other).toMatch(/line 2: the guide shows\s+two\s+and the screen\s+one/);
  await expect(follow(block('sh', 'echo before\nfalse\necho behind'))).rejects.toThrow(/exit code 1:[\s\S]*before\s*$/);
});

test('a reader who would be at a loss stops', async () => {
  await expect(follow(block('js', 'a();'))).rejects.toThrow('what to save this as');
  await expect(follow('Save this as `a`:\n', block('js', 'a'), block('js', 'b'))).rejects.toThrow('line 8');
  await expect(follow(block('text', 'a'))).rejects.toThrow('nothing was typed');
});
