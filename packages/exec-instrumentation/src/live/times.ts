/** The first of some times; undefined when there is none. */
export function earliest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((first, time) => (first === undefined || (time ?? first) < first ? time : first), undefined);
}

/** The last of some times; undefined when there is none. */
export function latest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((last, time) => (last === undefined || (time ?? last) > last ? time : last), undefined);
}
