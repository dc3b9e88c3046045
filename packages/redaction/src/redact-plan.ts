import { hideDoubtful } from './hide-doubtful.ts';
import { markAdjacentNames } from './mark-adjacent-names.ts';
import { markCaptionedSql } from './mark-captioned-sql.ts';
import { markComparedValues } from './mark-compared-values.ts';
import { markHarmlessLiterals } from './mark-harmless-literals.ts';
import { markLabels } from './mark-labels.ts';
import { markLocations } from './mark-locations.ts';
import { markTypeSizes } from './mark-type-sizes.ts';
import { knownNames, markUnknownNames } from './mark-unknown-names.ts';
import { headLookedAt, readText } from './read-text.ts';
import { renderReading } from './render-tokens.ts';
import type { RedactTextOptions } from './text-options.ts';
import { vocabularyOf } from './vocabulary.ts';

const BOX = '┌';

/**
 * Replaces every value in a displayed plan, an expression or the description of a node with a numbered placeholder. Engines
 * display values and aliases without quotes, too: a name passes only where no value can stand. With `identifiers`, only
 * the known names pass. A plan drawn in boxes, whose lines cut literals apart, keeps known names only, in any case.
 * @param text One or more lines.
 * @param options Whose words are known, numbering scope, known names and limit.
 */
export function redactPlan(text: string, options: RedactTextOptions = {}): string {
  const { identifiers, maxBytes, comparesColumns } = options;
  const isBoxed = headLookedAt(text, maxBytes).includes(BOX);
  const keepsKnownNames = isBoxed || identifiers !== undefined;
  const isKnown = knownNames(identifiers);
  const vocabulary = vocabularyOf(options.dialect);
  const rules = { vocabulary, isKnown, language: 0 };
  const reading = readText(text, {
    vocabulary,
    doubtStart: 'line',
    maxBytes,
    replacesNames: keepsKnownNames,
    ignoresQuotes: isBoxed,
  });
  const certain = hideDoubtful(reading, rules);
  const harmless = markHarmlessLiterals(certain.tokens);
  const labelled = markLocations(markLabels(markTypeSizes(harmless)), certain.isWhole);
  const tokens = keepsKnownNames
    ? markUnknownNames(markComparedValues(labelled, rules), rules)
    : markAdjacentNames(markComparedValues(markCaptionedSql(labelled), rules, comparesColumns), isKnown);
  return renderReading({ ...certain, tokens }, text, options);
}

/**
 * Redacts the entries of one list of a plan node. An engine may break an entry at each line feed of its literals; the entries are
 * read as one text, so that the parts of a broken literal stay inside its quotes. A limit is one for all of them.
 * @param entries Expressions, filters or names, in the engine's order.
 * @param options Numbering scope, known names and limit.
 */
export function redactPlanEntries(entries: readonly string[], options: RedactTextOptions = {}): string[] {
  return redactPlan(entries.join('\n'), options).split('\n');
}
