import { describe, expect, test } from 'vitest';
import { readDocument, repository } from './document.ts';
import { readSourceCodes, type SourceCode } from './source-codes.ts';

const HEADING = /^## @planscope\/(\S+)$/;
const ROW = /^\| <a id="([^"]*)"><\/a>`([^`]+)` \| (.+) \| (.+) \|$/;

/**
 * The codes that a page explains, as `package.carrier.code`: in tables below the heading of their package, each row with
 * that as its anchor, the code, its meaning and what to do.
 */
function explainedCodes(markdown: string): string[] {
  const anchors: string[] = [];
  let heading = '';
  for (const line of markdown.split('\n')) {
    heading = HEADING.exec(line)?.[1] ?? heading;
    if (!line.startsWith('|') || /^\| (Code|-+) \|/.test(line)) continue;
    const [, anchor = '', code = ''] = ROW.exec(line) ?? [];
    expect(anchor, line).toMatch(new RegExp(`^${heading}\\.\\w+\\.${code}$`));
    anchors.push(anchor);
  }
  return anchors;
}

describe('docs/codes.md', () => {
  const explained = explainedCodes(readDocument('docs/codes.md'));
  const { codes, untyped } = readSourceCodes(repository);

  test('explains each code of the sources, and no other', () => {
    const name = ({ package: folder, carrier, code }: SourceCode): string => `${folder}.${carrier}.${code}`;
    expect(explained.toSorted()).toEqual(codes.map(name).toSorted());
  });

  test('can be complete, as no code is any string', () => {
    expect(untyped, 'give the code a literal type at').toEqual([]);
  });

  test('has no code that two packages spell in two ways', () => {
    const reasons = ['process', 'DropReason'];
    const others = codes.filter(({ carrier }) => !reasons.includes(carrier));
    expect(others.filter(({ code }) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
  });
});

test.each(['plan.PlanError.other', 'engine.PlanError.rule-order'])('a row whose anchor is %s is refused', (id) => {
  const row = `## @planscope/plan\n| <a id="${id}"></a>\`rule-order\` | It is. | Move it. |`;
  expect(() => explainedCodes(row)).toThrow('rule-order');
});
