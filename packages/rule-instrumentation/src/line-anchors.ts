/** A line at its place in both texts. */
export type LineAnchor = readonly [before: number, after: number];

/**
 * Lines that each text has exactly once, as many as stand in the same order in both. They are what two versions of a plan
 * surely have in common; between them little is left to compare, so that a difference of long plans takes linear time.
 */
export function lineAnchors(before: readonly string[], after: readonly string[]): LineAnchor[] {
  const afterPlaces = uniquePlaces(after);
  const pairs: LineAnchor[] = [];
  for (const [line, place] of uniquePlaces(before)) {
    const other = afterPlaces.get(line);
    if (other !== undefined) pairs.push([place, other]);
  }
  return longestRise(pairs);
}

/** In the order of the text. */
function uniquePlaces(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [place, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line);
    else places.set(line, place);
  }
  for (const line of repeated) places.delete(line);
  return places;
}

/** The longest choice of pairs whose second places rise; the first ones do already. */
function longestRise(pairs: readonly LineAnchor[]): LineAnchor[] {
  const tails: number[] = [];
  const previous: (number | undefined)[] = [];
  const secondOf = (index: number | undefined): number => (index === undefined ? -1 : (pairs[index]?.[1] ?? -1));
  for (const [index, [, second]] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (secondOf(tails[middle]) < second) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1];
    tails[low] = index;
  }
  const chosen: LineAnchor[] = [];
  for (let index = tails.at(-1); index !== undefined; index = previous[index]) {
    const pair = pairs[index];
    if (pair !== undefined) chosen.push(pair);
  }
  return chosen.reverse();
}
