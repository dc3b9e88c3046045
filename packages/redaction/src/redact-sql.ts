import { hideDoubtful } from './hide-doubtful.ts';
import { markBooleans } from './mark-booleans.ts';
import { markHarmlessLiterals, namesWritten } from './mark-harmless-literals.ts';
import { markOptionValues } from './mark-option-values.ts';
import { markTypeSizes } from './mark-type-sizes.ts';
import { knownNames, markUnknownNames } from './mark-unknown-names.ts';
import { readText } from './read-text.ts';
import { renderReading } from './render-tokens.ts';
import type { RedactTextOptions } from './text-options.ts';
import { TRAIT } from './token.ts';
import { vocabularyOf } from './vocabulary.ts';

/**
 * Replaces every literal of a SQL text with a numbered placeholder and drops its comments; names, keywords, operators,
 * parameter markers, and the number of a LIMIT stay. Time is linear in the length of the text, or under a limit in what is kept.
 * @param text SQL of any dialect; broken SQL is cleaned, too.
 * @param options Whose words are known, numbering scope, known names and limit.
 */
export function redactSql(text: string, options: RedactTextOptions = {}): string {
  const { identifiers, maxBytes } = options;
  const vocabulary = vocabularyOf(options.dialect);
  const rules = { vocabulary, isKnown: knownNames(identifiers), language: TRAIT.keyword | TRAIT.type };
  const replacesNames = identifiers !== undefined;
  const reading = readText(text, { vocabulary, doubtStart: 'quotation', maxBytes, replacesNames });
  const certain = hideDoubtful(reading, rules);
  const certainNames = markBooleans(markOptionValues(certain.tokens, vocabulary));
  const isKey = identifiers ? rules.isKnown : namesWritten(certainNames);
  const tokens = markTypeSizes(markHarmlessLiterals(certainNames, isKey));
  const marked = identifiers ? markUnknownNames(tokens, rules) : tokens;
  return renderReading({ ...certain, tokens: marked }, text, options);
}
