import type { StatementGroup } from './corpus-statement.ts';
import { changes } from './statements/changes.ts';
import { conditions } from './statements/conditions.ts';
import { definitions } from './statements/definitions.ts';
import { failures } from './statements/failures.ts';
import { files } from './statements/files.ts';
import { literals } from './statements/literals.ts';
import { names } from './statements/names.ts';
import { nested } from './statements/nested.ts';
import { queries } from './statements/queries.ts';
import { settings } from './statements/settings.ts';
import { tempting } from './statements/tempting.ts';

/** All of the corpus. To add a statement, add a line to one of its groups. */
export const corpus: readonly StatementGroup[] = [
  ...literals,
  ...conditions,
  ...nested,
  ...queries,
  ...changes,
  ...definitions,
  ...files,
  ...settings,
  ...failures,
  ...tempting,
  ...names,
];

/** The table that every group has. */
export const PEOPLE: readonly string[] = [
  `CREATE TABLE people (id INTEGER, name VARCHAR, note VARCHAR, amount BIGINT, born DATE, city VARCHAR, tags VARCHAR[],
    address STRUCT(street VARCHAR, zip VARCHAR), seen TIMESTAMP, share DOUBLE, photo BLOB, doc JSON)`,
  ...['alice', 'bob', 'carol'].map(
    (name, index) => `INSERT INTO people VALUES (${index + 1}, '<word:${name}>', 'it''s "<word>"\n<word>',
      <number:${name}>, '<date>', '<word:rome>', ['<word>', '<word>'], {'street': '<word>', 'zip': '<word>'},
      '<date> 01:02:03', <number>.5, '<word>'::BLOB, '{"a": "<word>", "<word>": <number>}')`,
  ),
];
