/**
 * The known name that a mistyped one most likely means.
 *
 * @returns undefined when none is near: no more than a third of its letters may differ
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = fold(name);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const folded = fold(candidate);
    const distance = editDistance(wanted, folded);
    if (distance < least && distance <= Math.floor(Math.max(wanted.length, folded.length) / 3)) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

/** `max_width`, `MaxWidth` and `maxWidth` count as the same name. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, '');
}

/** Letters to insert, remove, replace, or swap with their neighbour, to get from one text to the other. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
