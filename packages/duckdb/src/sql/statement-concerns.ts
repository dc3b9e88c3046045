import { sqlTokens } from '@planscope/redaction';

/** How a statement affects the measurement of queries. */
export interface StatementConcerns {
  /** It shows or changes the profiling settings, or something that depends on them. */
  readonly profiling: boolean;
  /** It enables profiling for the program itself. */
  readonly profiles: boolean;
  /** It may revoke the permission to write files or to change settings. */
  readonly permissions: boolean;
  /** It shows or changes the log of the instance. */
  readonly log: boolean;
  /** Names of the relations and prepared statements that it defines and that also show those settings. */
  readonly defines: readonly string[];
}

const NONE: StatementConcerns = { profiling: false, profiles: false, permissions: false, log: false, defines: [] };

/** Matches every statement that may affect the measurement: the check before the scan of its words. */
const SUSPECT =
  /setting|profil|explain|external_access|disabled_filesystems|lock_configuration|logging|duckdb_logs|log_types/i;

/** Functions and relations that show settings. */
const SHOWS_SETTINGS = new Set(['current_setting', 'duckdb_settings', 'pg_settings', 'duckdb_profiling_settings']);
/** Profiling settings and the functions that change them. */
const PROFILING = new Set([
  'enable_profiling',
  'enable_profile',
  'disable_profiling',
  'disable_profile',
  'profiling_output',
  'profile_output',
  'profiling_mode',
  'profiling_coverage',
  'custom_profiling_settings',
]);
/** Settings that enable profiling when they are set. */
const SWITCHES_ON = new Set(['enable_profiling', 'enable_profile', 'profiling_mode', 'custom_profiling_settings']);
const PERMISSIONS = new Set(['enable_external_access', 'disabled_filesystems', 'lock_configuration']);
const LOG = /^(?:enable_logging|disable_logging|logging_\w+|duckdb_logs\w*|truncate_duckdb_logs|\w+_log_types)$/;
const NAMES_PERMISSION = new RegExp([...PERMISSIONS].join('|'), 'i');
/** Functions that run SQL from their argument. */
const RUNS_TEXT = new Set(['query', 'json_execute_serialized_sql']);

/**
 * Determines how a statement affects the measurement. It compares whole words outside of literals, so a table
 * `user_profiles` or a string `'settings'` does not match.
 *
 * @param known lower-case names of relations and prepared statements that show settings
 */
export function statementConcerns(sql: string, known: ReadonlySet<string>): StatementConcerns {
  if (!SUSPECT.test(sql) && known.size === 0) return NONE;
  if (sql.length > SCANNED_CHARACTERS && SUSPECT.test(sql)) {
    return { profiling: true, profiles: false, permissions: true, log: true, defines: [] };
  }
  return fromWords(sql, known);
}

/** Whether a statement may revoke the permission to write files or to change settings. */
export function changesPermissions(sql: string): boolean {
  return NAMES_PERMISSION.test(sql) && statementConcerns(sql, new Set()).permissions;
}

function fromWords(sql: string, known: ReadonlySet<string>): StatementConcerns {
  const words: string[] = [];
  const literals: string[] = [];
  for (const { text, kind } of sqlTokens(sql, { maxCharacters: SCANNED_CHARACTERS })) {
    if (kind === 'literal') literals.push(text);
    else words.push(kind === 'name' ? text.slice(1, -1).toLowerCase() : text.toLowerCase());
  }
  const runsText = words.some((word, index) => RUNS_TEXT.has(word) && words[index + 1] === '(');
  const named = runsText ? [...words, ...literals.flatMap((text) => text.toLowerCase().split(/\W+/))] : words;
  const profiling =
    named.some((word) => SHOWS_SETTINGS.has(word) || PROFILING.has(word) || known.has(word)) || analyzes(words);
  return {
    profiling,
    profiles: words.some((word, index) => SWITCHES_ON.has(word) && SETS.has(words[index - 1] ?? '')),
    permissions: named.some((word) => PERMISSIONS.has(word)),
    log: named.some((word) => LOG.test(word)),
    defines: profiling ? definitions(words) : [],
  };
}

const SETS = new Set(['set', 'session', 'local', 'pragma', 'call']);
const STATEMENT_STARTS = new Set([undefined, ';', 'as', ')']);
/** Words in which ANALYZE may follow EXPLAIN, because options may precede it: `EXPLAIN (FORMAT json, ANALYZE)`. */
const MAX_OPTION_WORDS = 12;

function analyzes(words: readonly string[]): boolean {
  return words.some((word, index) => {
    if (word !== 'explain' || !STATEMENT_STARTS.has(words[index - 1])) return false;
    return words.slice(index + 1, index + MAX_OPTION_WORDS).some((option) => /^analy[sz]e$/.test(option));
  });
}

const DEFINED = new Set(['view', 'macro', 'function', 'prepare']);
const BETWEEN = new Set(['if', 'not', 'exists']);

function definitions(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (!DEFINED.has(word)) return [];
    let at = index + 1;
    while (BETWEEN.has(words[at] ?? '')) at += 1;
    while (words[at + 1] === '.') at += 2;
    const name = words[at];
    return name === undefined ? [] : [name];
  });
}

/** Longest text that is scanned: longer ones are mostly data. */
const SCANNED_CHARACTERS = 65_536;

/**
 * Splits a text into its statements, without the semicolons.
 *
 * @returns undefined for a text that is too long to scan
 */
export function splitStatements(sql: string): string[] | undefined {
  if (!sql.includes(';')) return [sql];
  if (sql.length > SCANNED_CHARACTERS) return undefined;
  const statements: string[] = [];
  let start = 0;
  let isEmpty = true;
  for (const token of sqlTokens(sql, { maxCharacters: SCANNED_CHARACTERS })) {
    if (token.text !== ';') {
      isEmpty = false;
      continue;
    }
    if (!isEmpty) statements.push(sql.slice(start, token.start).trim());
    start = token.start + 1;
    isEmpty = true;
  }
  if (!isEmpty) statements.push(sql.slice(start).trim());
  return statements;
}
