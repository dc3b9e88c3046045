/** One line on both sides of a diff; absent where a side has none. */
export interface DiffRow {
  readonly before?: string;
  readonly after?: string;
  readonly kind: 'same' | 'changed' | 'hunk';
}

/** Arranges a unified diff in two columns: removed lines face those that were added in their place. */
export function sideBySide(diff: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      const [before, after] = [removed[index], added[index]];
      rows.push({
        kind: 'changed',
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      });
    }
    [removed, added] = [[], []];
  };
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const content = line.slice(1);
    if (/^(?:---|\+\+\+) /.test(line) && rows.length + removed.length + added.length === 0) continue;
    if (line.startsWith('-')) {
      if (added.length > 0) flush();
      removed.push(content);
    } else if (line.startsWith('+')) added.push(content);
    else {
      flush();
      if (line.startsWith('@@')) rows.push({ kind: 'hunk', before: line, after: line });
      else if (!line.startsWith('\\')) rows.push({ kind: 'same', before: content, after: content });
    }
  }
  flush();
  return rows;
}
