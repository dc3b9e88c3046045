import { FIRST_AND_ALONE, type PeakOrigins } from './own-peaks.ts';
import { parseProfile1 } from './profile-1.ts';
import { parseProfile2, unknownKeys2 } from './profile-2.ts';
import { ProfileFields } from './profile-fields.ts';
import type { QueryProfile } from './query-profile.ts';

/** Why a profile cannot be used. */
export type ProfileFault = 'profile-missing' | 'profile-unreadable' | 'profile-version-unknown';

export type ParsedProfile =
  | {
      readonly profile: QueryProfile;
      /** Form of the profile: the major version of DuckDB that introduced it. */
      readonly form: 1 | 2;
      /** Groups and keys that the reader does not know and did not read. */
      readonly unknownKeys: readonly string[];
    }
  | { readonly fault: ProfileFault; readonly reason: string };

/** How a profile is parsed. */
export interface ParseProfileOptions {
  /** Whether to parse the individual steps of the planner. Default: true. */
  readonly withSteps?: boolean;
  /** Whether the statement ran to its end. Default: false if all operators of the profile are zero. */
  readonly isFinished?: boolean | undefined;
  /** What else may be in the peaks of DuckDB 1.5. Default: nothing, as if it was the only statement of its instance. */
  readonly peakOrigins?: PeakOrigins | undefined;
}

/** Versions whose numbers are known. */
const KNOWN_VERSIONS: readonly (readonly [pattern: RegExp, name: string, forms: readonly (1 | 2)[]])[] = [
  [/^v?1\.5(?:\.|$)/, '1.5', [1]],
  // The setting `legacy_metrics_format` gives the form of 1.5.
  [/^v?2(?:\.|$)/, '2.x', [1, 2]],
];

/**
 * Reads a profile with the parser for the version of DuckDB that wrote it and for its form. Never throws.
 *
 * @param text undefined if DuckDB wrote no profile
 * @param version version of DuckDB, for example `v1.5.6`; undefined if only the form is known
 */
export function parseProfile(
  text: string | undefined,
  version: string | undefined,
  { withSteps = true, isFinished, peakOrigins = FIRST_AND_ALONE }: ParseProfileOptions = {},
): ParsedProfile {
  const forms = version === undefined ? [1, 2] : KNOWN_VERSIONS.find(([pattern]) => pattern.test(version))?.[2];
  if (forms === undefined) {
    const known = KNOWN_VERSIONS.map(([, name]) => name).join(', ');
    return {
      fault: 'profile-version-unknown',
      reason: `profiles of DuckDB ${version} are not supported; supported versions: ${known}`,
    };
  }
  if (text === undefined) return { fault: 'profile-missing', reason: 'DuckDB wrote no profile' };
  const json = parseJson(text);
  // The message of JSON.parse would quote the profile, which contains the query.
  if (json === undefined) return { fault: 'profile-unreadable', reason: 'the profile is truncated or not JSON' };
  try {
    const root = new ProfileFields(json, 'profile');
    const form = formOf(root);
    if (form === undefined) {
      return {
        fault: 'profile-missing',
        reason: 'DuckDB wrote a profile without numbers, as the statement did not run',
      };
    }
    if (form === 2 && forms.includes(2)) {
      const unknownKeys = unknownKeys2(root);
      return { profile: parseProfile2(root, { withSteps, isFinished }), form, unknownKeys };
    }
    if (isFinished === false) {
      return { fault: 'profile-missing', reason: 'this form of the profile is only complete for a finished statement' };
    }
    return { profile: parseProfile1(root, withSteps, peakOrigins), form: 1, unknownKeys: [] };
  } catch (error) {
    return { fault: 'profile-unreadable', reason: `the profile is invalid: ${(error as Error).message}` };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for `{"result": "error"}`, which DuckDB 2 writes for a statement that it cannot bind. */
function formOf(root: ProfileFields): 1 | 2 | undefined {
  if (root.has('operator') || root.has('query') || root.has('io')) return 2;
  return root.has('result') && root.keys().length === 1 ? undefined : 1;
}
