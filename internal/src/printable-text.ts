/**
 * Characters that do not show, or that change how the text around them is shown: controls except tab and line feed,
 * marks and overrides of the writing direction, zero-width characters, line separators, lone surrogates, and tags.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/**
 * A text of a trace with each unseen character as an escape, such as `\u{202E}`, so that a text cannot hide a part of
 * itself or reorder what surrounds it. Right-to-left letters stay as they are.
 */
export function printableText(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
}

/** The same on one line: line feeds and tabs are spaces. */
export function printableLine(text: string): string {
  return printableText(text.replaceAll(/[\t\r\n]+/g, ' '));
}
