import type { StatementGroup } from '../corpus-statement.ts';

/** What stays by design: names that the query writes, and the numbers of a LIMIT. Each says where. */
export const names: readonly StatementGroup[] = [
  {
    about: 'names that a query writes',
    statements: [
      { sql: `CREATE TABLE <word:name> (a INTEGER)`, declared: ['sql', 'identifier'] },
      { sql: `CREATE VIEW <word:name> AS SELECT 1 AS a`, declared: ['sql', 'identifier'] },
      { sql: `SELECT name AS <word:name> FROM people`, declared: ['sql'] },
      { sql: `SELECT name AS "<word:name>" FROM people`, declared: ['sql'] },
      `SELECT "two <word:n>" FROM (SELECT name AS "two <word:n>" FROM people)`,
      {
        given: [`CREATE TABLE <word:t> AS SELECT 1 AS <word:c>`],
        sql: `SELECT <word:c> FROM <word:t> WHERE <word:c> > 0 AND '<word>' <> 'a'`,
        declared: ['sql', 'identifier', 'name_of_data', 'plan'],
      },
      { sql: `WITH <word:t> AS (SELECT 1 AS a) SELECT * FROM <word:t>`, declared: ['sql'] },
      { sql: `SELECT p.name FROM people AS <word:p>, people p WHERE <word:p>.id = p.id`, declared: ['sql'] },
      { sql: `SELECT {<word:name>: 1} AS s`, declared: ['sql'] },
      { sql: `SELECT s.<word:k> FROM (SELECT {'<word:k>': 1} AS s)`, declared: ['sql'] },
      { sql: `SELECT struct_pack(<word:name> := 1) AS s`, declared: ['sql'] },
      { sql: `SELECT <word:name> FROM people`, fails: 'Binder Error', declared: ['sql', 'message'] },
      { sql: `SELECT * FROM <word:name>`, fails: 'Catalog Error', declared: ['sql', 'identifier', 'message'] },
      { sql: `DROP TABLE <word:name>`, fails: 'Catalog Error', declared: ['sql', 'identifier', 'message'] },
      { sql: `SELECT $<word:name> AS a`, fails: 'Invalid Input Error', declared: ['sql'] },
      { sql: `CREATE SECRET <word:name> (TYPE s3, SECRET '<word>')`, fails: 'Invalid Input Error', declared: ['sql'] },
    ],
  },
  {
    about: 'numbers of rows',
    statements: [
      { sql: `SELECT name FROM people LIMIT <integer:rows>`, declared: ['sql'] },
      { sql: `SELECT name FROM people ORDER BY name LIMIT 1 OFFSET <integer:rows>`, declared: ['sql'] },
    ],
  },
];
