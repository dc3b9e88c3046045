/** Columns of a terminal that the borders around a number of columns take: `| a | b |`. */
const bordersOf = (columns: number): number => columns * 3 + 1;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * Gives each column its width. Columns that are too wide are compacted, the widest first; those that do not fit even
 * then are dropped from the end, so the result may be shorter than the input. One column always stays.
 * @param natural Preferred widths of the columns, at least 1.
 * @param maxWidth Width of the whole table; 0 means no limit.
 * @param minCompactedWidth Width below which no column is compacted; 0 lets columns shrink to 1.
 */
export function layoutColumns(natural: readonly number[], maxWidth: number, minCompactedWidth: number): number[] {
  if (maxWidth === 0) return [...natural];
  const floors = natural.map((width) => Math.min(width, Math.max(minCompactedWidth, 1)));
  let count = natural.length;
  while (count > 1 && sum(floors.slice(0, count)) + bordersOf(count) > maxWidth) count -= 1;
  const available = Math.max(maxWidth - bordersOf(count), 1);
  if (count === 1) return natural.slice(0, 1).map((width) => Math.min(width, available));
  return compact(natural.slice(0, count), floors, available);
}

/** Narrows wide columns to one common width: the largest at which all columns fit. */
function compact(natural: readonly number[], floors: readonly number[], available: number): number[] {
  const at = (level: number): number[] =>
    natural.map((width, column) => Math.max(Math.min(width, level), floors[column] ?? 1));
  let low = 1;
  let high = Math.max(...natural, 1);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sum(at(middle)) <= available) low = middle;
    else high = middle - 1;
  }
  const widths = at(low);
  let spare = available - sum(widths);
  return widths.map((width, column) => {
    const wider = spare > 0 && width < (natural[column] ?? 0);
    if (wider) spare -= 1;
    return wider ? width + 1 : width;
  });
}
