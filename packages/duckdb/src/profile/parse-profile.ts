import { parseProfile15 } from './parse-profile-1-5.ts';
import type { QueryProfile } from './query-profile.ts';

type ProfileParser = (json: unknown, withSteps: boolean) => QueryProfile;

const parsers: Readonly<Record<string, ProfileParser>> = { '1.5': parseProfile15 };

/** Why a profile could not be used. */
export type ProfileFault = 'profile-missing' | 'profile-unreadable' | 'profile-version-unknown';

export type ParsedProfile =
  | { readonly profile: QueryProfile }
  | { readonly fault: ProfileFault; readonly reason: string };

/**
 * Reads a profile with the parser of the DuckDB that wrote it. Never throws.
 *
 * @param text undefined where DuckDB wrote none
 * @param version of DuckDB, for example `v1.5.6`
 * @param withSteps whether to parse the single steps of the planner; default true
 */
export function parseProfile(text: string | undefined, version: string, withSteps = true): ParsedProfile {
  const parse = parsers[/^v?(\d+\.\d+)/.exec(version)?.[1] ?? ''];
  if (parse === undefined) {
    const known = Object.keys(parsers).join(', ');
    return {
      fault: 'profile-version-unknown',
      reason: `profiles of DuckDB ${version} are not known, those of ${known} are`,
    };
  }
  if (text === undefined) return { fault: 'profile-missing', reason: 'DuckDB wrote no profile' };
  const json = parseJson(text);
  // The parser's own message would quote the profile, which holds the query.
  if (json === undefined) return { fault: 'profile-unreadable', reason: 'the profile is cut short or no JSON' };
  try {
    return { profile: parse(json, withSteps) };
  } catch (error) {
    return { fault: 'profile-unreadable', reason: `the profile is not as expected: ${(error as Error).message}` };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
