import { expect, it } from 'vitest';
import { staleDocuments, withPart } from './generated-documents.ts';

it('are as the schemas have them', () => {
  expect(staleDocuments(), 'run `pnpm schema`').toEqual([]);
});

it('have parts, and keep what is around them', () => {
  const document = (part: string): string =>
    `# Title\n\n<!-- names: begin, written by \`pnpm schema\` -->\n\n${part}\n\n<!-- names: end -->\n\nMore.\n`;
  expect(withPart(document('old'), 'names', 'new')).toBe(document('new'));
  expect(() => withPart('# Title\n', 'names', 'new')).toThrow('the document lacks "<!-- names: begin');
});
