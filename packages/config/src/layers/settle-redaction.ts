import type { ConfigProblem } from '../config-error.ts';
import { refuse } from './layer.ts';
import { originOf, type Settings } from './settings.ts';

/** Column names that a deny list hides when nobody wrote one: a safety net, not a promise. */
const COMMON_SECRET_COLUMNS: readonly string[] = [
  'password',
  'passwd',
  'secret',
  'client_secret',
  'token',
  'access_token',
  'refresh_token',
  'api_key',
  'apikey',
  'authorization',
  'credential',
  'credentials',
  'private_key',
];

/** Fills in the deny list that nobody wrote, and refuses columns that a stronger source would turn into their opposite. */
export function settleRedaction(settings: Settings): ConfigProblem[] {
  const mode = settings.of('preview.redaction.mode');
  const columns = settings.of('preview.redaction.columns');
  if (columns.source === 'default') {
    if (mode.value === 'deny-list') settings.derive(columns.path, COMMON_SECRET_COLUMNS, columns);
    return [];
  }
  const meant = settings.at(mode.path, columns.rank)?.value;
  if (mode.value === 'none' || meant === mode.value) return [];
  const reason = `was written for ${meant}; as ${mode.value} (from ${originOf(mode)}) it would show what was to be hidden`;
  const allowed = ['columns from the source that sets the mode, or from a stronger one'];
  return [refuse(columns, columns.value, originOf(columns), allowed, reason)];
}
