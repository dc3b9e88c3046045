/** DuckDB's driver, a peer of the packages that run DuckDB. */
export const DRIVER = '@duckdb/node-api';

/** The first whose results have GEOMETRY and VARIANT. */
const OLDEST_PATCH = 4;
/** Releases come monthly, and DuckDB 1.5 is supported until March 2027. */
const LAST_PATCH = 30;

/**
 * The peer range for the driver. Each of its releases is a prerelease to semver (`1.5.6-r.1`), which a range admits only
 * where it names a prerelease of that very patch; so it names one of each, of the patches to come, too.
 */
export const driverRange: string = Array.from(
  { length: LAST_PATCH - OLDEST_PATCH + 1 },
  (_, index) => `~1.5.${OLDEST_PATCH + index}-r.1`,
).join(' || ');
