import { sqlTokens } from '@planscope/redaction';

/** What is scanned of one text: longer ones are data for the most part. */
export const SCANNED_CHARACTERS = 65_536;

/**
 * The statements of a text, each by its own text without the semicolon.
 *
 * @returns undefined for a text that is too long to be looked through
 */
export function splitStatements(sql: string): string[] | undefined {
  if (!sql.includes(';')) return [sql];
  if (sql.length > SCANNED_CHARACTERS) return undefined;
  const statements: string[] = [];
  let start = 0;
  let isEmpty = true;
  for (const token of sqlTokens(sql, { maxCharacters: SCANNED_CHARACTERS })) {
    if (token.text !== ';') {
      isEmpty = false;
      continue;
    }
    if (!isEmpty) statements.push(sql.slice(start, token.start).trim());
    start = token.start + 1;
    isEmpty = true;
  }
  if (!isEmpty) statements.push(sql.slice(start).trim());
  return statements;
}
