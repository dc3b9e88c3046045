import { expect, test } from 'vitest';
import { releaseNotes } from './release-notes.ts';

test('tells every sentence once, with the packages that say it', () => {
  const changelogs = new Map([
    ['@planscope/engine', '### Patch Changes\n\n- A fix.\n- A rule.'],
    ['@planscope/plan', '### Patch Changes\n\n- A rule.'],
    ['@planscope/semconv', '### Patch Changes\n\n- A rule.\n- A name.'],
  ]);
  expect(releaseNotes(changelogs)).toEqual(['- A fix. (engine)', '- A rule. (all packages)', '- A name. (semconv)']);
});
