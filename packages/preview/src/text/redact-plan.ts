import { markAdjacentNames } from './mark-adjacent-names.ts';
import { markCaptionedSql } from './mark-captioned-sql.ts';
import { markComparedValues } from './mark-compared-values.ts';
import { markLabels } from './mark-labels.ts';
import { markLocations } from './mark-locations.ts';
import { markMalformed } from './mark-malformed.ts';
import { markTypeSizes } from './mark-type-sizes.ts';
import { knownNames, markUnknownNames } from './mark-unknown-names.ts';
import { renderTokens } from './render-tokens.ts';
import type { RedactTextOptions } from './text-options.ts';
import { tokenList } from './token-list.ts';

const BOX = '┌';

/**
 * Replaces every value in a displayed plan, an expression or the description of a node with a numbered placeholder. Engines
 * display values and aliases without quotes, too: a name passes only where no value can stand. With `identifiers`, only
 * the known names pass. A plan drawn in boxes, whose lines cut literals apart, keeps known names only, in any case.
 * @param text One or more lines.
 * @param options Numbering scope and known names.
 */
export function redactPlan(text: string, options: RedactTextOptions = {}): string {
  const boxed = text.includes(BOX);
  const isKnown = knownNames(options.identifiers ?? []);
  const scanned = boxed ? tokenList(text.replace(/['"$]/g, ' ')) : markMalformed(tokenList(text), 'line');
  const labelled = markLocations(markLabels(markTypeSizes(scanned)));
  if (boxed || options.identifiers !== undefined) {
    const compared = markComparedValues(labelled, isKnown);
    return renderTokens(
      markUnknownNames(compared, isKnown, () => false),
      options,
    );
  }
  const compared = markComparedValues(markCaptionedSql(labelled), isKnown, options.comparesColumns);
  return renderTokens(markAdjacentNames(compared, isKnown), options);
}

/**
 * Redacts the entries of one list of a plan node. DuckDB breaks an entry at each line feed of its literals; the entries are
 * read as one text, so that the parts of a broken literal stay inside its quotes.
 * @param entries Expressions, filters or names, in the engine's order.
 * @param options Numbering scope and known names.
 */
export function redactPlanEntries(entries: readonly string[], options: RedactTextOptions = {}): string[] {
  return redactPlan(entries.join('\n'), options).split('\n');
}
