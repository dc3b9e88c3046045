const SPECIAL = /\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[.+^${}()|\\[\]]/g;

const MEANINGS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };

/** Whether a path is one that DuckDB finds for a pattern: `*` and `?` stay within a folder, `**` goes into folders. */
export function matchesGlob(path: string, pattern: string): boolean {
  const source = pattern.replace(
    SPECIAL,
    (part) => MEANINGS[part] ?? (part.length > 1 ? characters(part) : `\\${part}`),
  );
  return new RegExp(`^${source}$`, 's').test(path);
}

/** `[a-z]` or `[!a-z]`, as a regular expression writes it. */
function characters(part: string): string {
  const isNegated = part.startsWith('[!');
  const listed = part.slice(isNegated ? 2 : 1, -1).replace(/[\\^[]/g, '\\$&');
  return isNegated ? `[^${listed}]` : `[${listed}]`;
}
