import picomatch from 'picomatch';

/** What is plain text to DuckDB, and not to the matcher. Brackets hold a set of characters to both. */
const PLAIN_TEXT = /\[[^\]]+\]|[()|+@!^$"{}]/g;

/** A test for the paths that DuckDB finds for a pattern: `*` and `?` stay within a folder, `**` goes into folders. */
export function duckdbGlob(pattern: string): (path: string) => boolean {
  const escaped = pattern.replace(PLAIN_TEXT, (found) =>
    found.length === 1 ? `\\${found}` : found.replace('[!', '[^'),
  );
  return picomatch(escaped, { dot: true, nobrace: true, noextglob: true, nonegate: true, windows: false });
}
