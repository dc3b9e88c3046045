import { createHash } from 'node:crypto';

/**
 * One token: white space, a comment, a string (also one that is not closed), a name in double quotes, a placeholder or
 * parameter, a number, a word, or another character.
 */
const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$\$[\s\S]*?(?:\$\$|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\?\d*|\d[\w.]*|[\p{L}_$][\p{L}\p{M}\p{N}_$]*|./gsu;

/**
 * SHA-256 of a SQL text, in hexadecimal, that is the same for any literals, number of literals in a list, white space,
 * comments, and case of words. A redacted text has the same one as its original, unless a name in it was redacted.
 */
export function queryFingerprint(sql: string): string {
  const shape: string[] = [];
  for (const [token] of sql.matchAll(TOKEN)) {
    const word = shapeOf(token);
    if (word === '') continue;
    const [last, before] = [shape.at(-1), shape.at(-2)];
    if (word === '?' && last === ',' && before === '?') shape.pop();
    else shape.push(word);
  }
  while (shape.at(-1) === ';') shape.pop();
  return createHash('sha256').update(shape.join(' ')).digest('hex');
}

function shapeOf(token: string): string {
  if (/^(?:\s|--|\/\*)/.test(token)) return '';
  if (/^(?:'|\?|\d|\$\$)/.test(token)) return '?';
  return token.startsWith('"') ? token : token.toLowerCase();
}
