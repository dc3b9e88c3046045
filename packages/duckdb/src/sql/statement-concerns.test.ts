import { expect, it } from 'vitest';
import { changesPermissions, splitStatements, statementConcerns } from './statement-concerns.ts';

const concerns = (sql: string, known: string[] = []): string => {
  const { profiling, permissions, log, defines } = statementConcerns(sql, new Set(known));
  return [profiling && 'profiling', permissions && 'permissions', log && 'log', ...defines.map((name) => `+${name}`)]
    .filter(Boolean)
    .join(' ');
};

it.each([
  ['SELECT 42', ''],
  ['FROM user_profiles JOIN presets USING (setting_id)', ''],
  [`SELECT * FROM notes WHERE text = 'current_setting(enable_profiling)' -- duckdb_settings()`, ''],
  ['EXPLAIN SELECT 1', ''],
  ['SELECT explain, analyze FROM t', ''],
  ['EXPLAIN ANALYZE SELECT 1', 'profiling'],
  ['explain (format json, analyze) SELECT 1', 'profiling'],
  ['SELECT 1; /* then */ EXPLAIN ANALYZE SELECT 2', 'profiling'],
  [`SELECT current_setting('threads')`, 'profiling'],
  ['FROM duckdb_settings()', 'profiling'],
  ['FROM pg_catalog.pg_settings', 'profiling'],
  ['FROM "PG_Settings"', 'profiling'],
  [`SET enable_profiling = 'json'`, 'profiling'],
  ['RESET profiling_output', 'profiling'],
  ['PRAGMA disable_profiling', 'profiling'],
  [`CALL enable_profiling(format = 'json')`, 'profiling'],
  ['CREATE OR REPLACE TEMP VIEW IF NOT EXISTS s.mine AS FROM duckdb_settings()', 'profiling +mine'],
  [`CREATE MACRO shown() AS current_setting('enable_profiling')`, 'profiling +shown'],
  [`PREPARE q AS SELECT current_setting('enable_profiling')`, 'profiling +q'],
  [`FROM query('SELECT current_setting(''enable_profiling'')')`, 'profiling'],
  ['SET enable_external_access = false', 'permissions'],
  [`SET disabled_filesystems = 'LocalFileSystem'`, 'permissions'],
  ['SET lock_configuration = true', 'permissions'],
  [`CALL enable_logging('QueryLog')`, 'log'],
  ['FROM duckdb_logs', 'log'],
  [`SET logging_level = 'info'`, 'log'],
  ['SELECT logging FROM t', ''],
])('%s', (sql, expected) => {
  expect(concerns(sql)).toBe(expected);
});

it.each([
  [`SET enable_profiling = 'json'`, true],
  [`SET profiling_mode = 'detailed'`, true],
  [`SET SESSION custom_profiling_settings = '{}'`, true],
  [`CALL enable_profiling()`, true],
  ['PRAGMA enable_profile', true],
  ['RESET profiling_mode', false],
  ['PRAGMA disable_profiling', false],
  [`SELECT current_setting('profiling_mode')`, false],
])('%s switches profiling on: %s', (sql, expected) => {
  expect(statementConcerns(sql, new Set()).profiles).toBe(expected);
});

it.each([
  ['SET enable_external_access = false', true],
  [`SELECT 1; SET GLOBAL disabled_filesystems = 'HTTPFileSystem'`, true],
  [`SELECT * FROM notes WHERE text = 'lock_configuration'`, false],
  ['SELECT locked FROM configuration', false],
])('%s changes permissions: %s', (sql, expected) => {
  expect(changesPermissions(sql)).toBe(expected);
});

it('recognizes a relation that was defined over settings', () => {
  expect(concerns('FROM Mine WHERE a', ['mine'])).toBe('profiling');
  expect(concerns('FROM yours WHERE a', ['mine'])).toBe('');
});

it('does not scan a long text to its end', () => {
  const values = Array.from({ length: 100_000 }, (_, index) => `(${index}, 'a; b')`).join();
  expect(concerns(`INSERT INTO t VALUES ${values}`)).toBe('');
  expect(concerns(`INSERT INTO t VALUES ${values}, ('my settings')`)).toBe('profiling permissions log');
  expect(splitStatements(`INSERT INTO t VALUES ${values}`)).toBeUndefined();
});

it.each([
  ['SELECT 1', ['SELECT 1']],
  ['SELECT 1;', ['SELECT 1']],
  ['', ['']],
  [' ; ', []],
  [`SELECT ';' AS a; SELECT "b;c" FROM t; -- ; nothing`, [`SELECT ';' AS a`, `SELECT "b;c" FROM t`]],
  [
    `SELECT $$ ; $$; SELECT $x$ ; $$ $x$; SELECT e'\\'; '`,
    ['SELECT $$ ; $$', 'SELECT $x$ ; $$ $x$', `SELECT e'\\'; '`],
  ],
  [
    'SELECT $é$ ; $é$; SELECT 1 /* /* ; */ ; */; SELECT 2',
    ['SELECT $é$ ; $é$', 'SELECT 1 /* /* ; */ ; */', 'SELECT 2'],
  ],
  [`SELECT E'a'\n'\\'; b'; SELECT 2`, [`SELECT E'a'\n'\\'; b'`, 'SELECT 2']],
  [`/* ; */ SELECT 'it''s; so'; SELECT 2`, [`/* ; */ SELECT 'it''s; so'`, 'SELECT 2']],
])('splits %j', (sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements);
});
