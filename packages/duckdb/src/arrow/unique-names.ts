/**
 * Names by which columns can be told apart: repeated ones get `:1`, `:2`, … as the driver's `deduplicatedColumnNames`
 * has it, but never a name that another column has already.
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 1;
    while (taken.has(`${name}:${number}`)) number++;
    const unique = `${name}:${number}`;
    taken.add(unique);
    return unique;
  });
}
