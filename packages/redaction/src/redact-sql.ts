import { markComparedValues } from './mark-compared-values.ts';
import { markBooleans, markHarmlessLiterals, markTypeSizes, namesWritten } from './mark-harmless-literals.ts';
import { markCaptionedSql, markLabels } from './mark-labels.ts';
import { markLocations } from './mark-locations.ts';
import { markOptionValues } from './mark-option-values.ts';
import { hideDoubtful, knownNames, markAdjacentNames, markUnknownNames } from './mark-unknown-names.ts';
import { headLookedAt, LONGEST_NAME, readText, type TextReading } from './read-text.ts';
import type { TokenKind } from './scan-tokens.ts';
import { createPlaceholders, type RedactTextOptions } from './text-options.ts';
import { type Token, TRAIT } from './token.ts';
import { cutText, truncateText } from './truncate-text.ts';
import { vocabularyOf } from './vocabulary.ts';

/**
 * Replaces every literal of a SQL text with a numbered placeholder and drops its comments; names, keywords, operators,
 * parameter markers, and the number of a LIMIT stay. Time is linear in the length of the text, or under a limit in what is kept.
 * @param text SQL of any dialect, valid or not.
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

const BOX = '┌';

/**
 * Replaces every value in a displayed plan, an expression or the description of a node with a numbered placeholder. Engines
 * also display values and aliases without quotes, so a name passes only where no value can be. With `identifiers`, only
 * the known names pass. A plan drawn in boxes splits literals across lines, so it always keeps known names only.
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
 * read as one text, so that the parts of a broken literal stay inside its quotes. A limit applies to all of them together.
 * @param entries Expressions, filters or names, in the engine's order.
 * @param options Numbering scope, known names and limit.
 */
export function redactPlanEntries(entries: readonly string[], options: RedactTextOptions = {}): string[] {
  return redactPlan(entries.join('\n'), options).split('\n');
}

/** The kinds that are kept; every other kind is data. */
const ALLOWED: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'space',
  'placeholder',
  'parameter',
  'position',
  'word',
  'operator',
  'punctuation',
  'label',
  'location',
]);

const PLAIN_IDENTIFIER = /^"(?:[\p{L}_][\p{L}\p{M}\p{N}_$]*|\?\d{1,6})"$/u;

/**
 * Joins the tokens of a text, within its limit, and replaces each data token with a numbered placeholder.
 * @param original The text as it was read.
 */
function renderReading(reading: TextReading, original: string, options: RedactTextOptions): string {
  const { tokens, isWhole } = reading;
  const { placeholders = createPlaceholders(), maxBytes = 0 } = options;
  for (const token of tokens) if (token.kind === 'placeholder') placeholders.reserve(token.text);
  const kept = isWhole ? tokens.length : keptTokens(reading);
  const pieces: string[] = [];
  for (let index = 0; index < kept; index += 1) {
    pieces.push(renderToken(tokens[index] as Token, placeholders.replace));
  }
  const text = pieces.join('');
  return isWhole ? truncateText(text, maxBytes, original) : cutText(text, maxBytes, original);
}

/** Number of tokens to keep, without those that were read only to classify them. */
function keptTokens({ tokens, lookahead }: TextReading): number {
  let kept = tokens.length;
  let length = 0;
  while (kept > 0) {
    length += tokens[kept - 1]?.text.length ?? 0;
    if (length > lookahead) break;
    kept -= 1;
  }
  return kept;
}

function renderToken({ kind, text }: Token, replace: (literal: string) => string): string {
  if (kind === 'word') return text.length > LONGEST_NAME ? replace(text) : text;
  if (kind === 'quoted-identifier') {
    if (text.length > LONGEST_NAME) return replace(text);
    return PLAIN_IDENTIFIER.test(text) ? text : `"${replace(text)}"`;
  }
  return ALLOWED.has(kind) ? text : replace(text);
}
