import { expect, test } from 'vitest';
import { changelogSection, explainQuietVersion, releaseNotes } from './release-notes.ts';

const changelog =
  '# @planscope/plan\n\n## 0.1.10\n\n## 0.1.1\n\n### Patch Changes\n\n- A fix.\n\n## 0.1.0\n\n- First.\n';

test('takes what is said of one version', () => {
  expect(changelogSection(changelog, '0.1.1')).toBe('### Patch Changes\n\n- A fix.');
  expect(changelogSection(changelog, '0.1.0')).toBe('- First.');
  expect(changelogSection(changelog, '0.1.10')).toBe('');
  expect(changelogSection(changelog, '0.2.0')).toBeUndefined();
});

test('a version without a change of its own says so, and other versions stay as they are', () => {
  const explained = explainQuietVersion(changelog, '0.1.10');
  expect(changelogSection(explained, '0.1.10')).toMatch(/^No change of its own/);
  expect(changelogSection(explained, '0.1.1')).toBe('### Patch Changes\n\n- A fix.');
  expect(explainQuietVersion(explained, '0.1.10')).toBe(explained);
  expect(explainQuietVersion(changelog, '0.1.1')).toBe(changelog);
});

test('the last version of a changelog is explained, too', () => {
  expect(explainQuietVersion('# @planscope/plan\n\n## 0.1.0\n', '0.1.0')).toMatch(/## 0[.]1[.]0\n\nNo change.*\n$/);
});

test('tells every sentence once, with the packages that say it', () => {
  const changelogs = new Map([
    ['@planscope/engine', '### Patch Changes\n\n- A fix.\n- A rule.'],
    ['@planscope/plan', '### Patch Changes\n\n- A rule.'],
    ['@planscope/semconv', '### Patch Changes\n\n- A rule.\n- A name.'],
  ]);
  expect(releaseNotes(changelogs)).toEqual(['- A fix. (engine)', '- A rule. (all packages)', '- A name. (semconv)']);
});
