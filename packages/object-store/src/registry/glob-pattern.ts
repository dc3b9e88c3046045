import picomatch from 'picomatch';

const wildcard = /(?<!\\)(?:\\\\)*[*?[{]/;

/** Whether a text has a wildcard that no backslash takes away: `*`, `**`, `?`, `[a-z]`, `{one,two}`. */
export function hasWildcard(text: string): boolean {
  return wildcard.test(text);
}

/** A text as a pattern that matches just it. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]{}]/g, '\\$&');
}

/** The text that a pattern without a wildcard stands for. */
export function unescapeGlob(pattern: string): string {
  return pattern.replace(/\\(.)/g, '$1');
}

/** A test for names or paths. A wildcard other than `**` stays within a segment, and none matches a leading dot. */
export function globMatcher(pattern: string): (text: string) => boolean {
  return picomatch(withPlainText(pattern), { nonegate: true, noextglob: true, windows: false });
}

/** What is no wildcard here is plain text, though the matcher would take it for regular expression or negation. */
function withPlainText(pattern: string): string {
  return pattern.replace(/\\.|\[[^\]]*\]|[()|+@!^$"]/gs, (found) => {
    if (found.startsWith('[')) return found.replace('[!', '[^');
    return found.length === 1 ? `\\${found}` : found;
  });
}
