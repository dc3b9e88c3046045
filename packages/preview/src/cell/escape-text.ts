const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters on purpose
  /[\\\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Strings that look like something else without quotes. */
const AMBIGUOUS = /^(?:|null|true|false|-?infinity|nan|[-+]?\d.*|["'#[{<…].*|\s.*|.*\s|0x.*|map\{.*)$/is;

/** Writes control characters, invisible and direction-changing ones, and lone surrogates as escapes. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? codeEscape(character.charCodeAt(0)));
}

/** A string alone in a cell: bare, or in quotes if it looks like something else. */
export function displayText(text: string): string {
  return AMBIGUOUS.test(text) ? quoteText(text) : escapeText(text);
}

/** A string in quotes. */
export function quoteText(text: string): string {
  return `"${escapeText(text).replaceAll('"', '\\"')}"`;
}

function codeEscape(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
