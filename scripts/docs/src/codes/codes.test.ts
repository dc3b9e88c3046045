import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../document.ts';
import { readPageCodes } from './page-codes.ts';
import { readSourceCodes, type SourceCode } from './source-codes.ts';

const name = ({ package: folder, carrier, code }: SourceCode): string => `${folder}.${carrier}.${code}`;
const page = readFileSync(join(repository, 'docs/codes.md'), 'utf8');

describe('docs/codes.md', () => {
  const explained = readPageCodes(page);
  const { codes, untyped } = readSourceCodes(repository);

  test('explains each code of the sources, and no other', () => {
    expect(explained.map(name).toSorted()).toEqual(codes.map(name).toSorted());
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

test('a row whose anchor belongs to another code or package is refused', () => {
  const row = (id: string): string => `## @planscope/plan\n| <a id="${id}"></a>\`rule-order\` | It is. | Move it. |`;
  expect(readPageCodes(row('plan.PlanError.rule-order'))).toEqual([
    { package: 'plan', carrier: 'PlanError', code: 'rule-order', meaning: 'It is.', advice: 'Move it.' },
  ]);
  expect(() => readPageCodes(row('plan.PlanError.other'))).toThrow(/line 2/);
  expect(() => readPageCodes(row('engine.PlanError.rule-order'))).toThrow(/line 2/);
});
