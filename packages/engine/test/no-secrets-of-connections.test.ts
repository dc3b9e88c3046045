import { DuckDBInstance } from '@duckdb/node-api';
import { traceConnection } from '@planscope/duckdb';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it } from 'vitest';
import { createMarkedSecrets } from './marked-secrets.ts';

it('lets no secret of a traced connection out: constraints, parameters, settings, pivots', async () => {
  const secrets = createMarkedSecrets();
  const { word, number, date } = secrets;
  const { tracerProvider, spans } = createSpanRecorder();
  const warned: unknown[] = [];
  const instance = await DuckDBInstance.create();
  const connection = traceConnection(await instance.connect(), {
    tracerProvider,
    warn: (warning) => warned.push(warning),
    planning: { planDiff: true },
  });
  const [name, city] = [word(), word()];
  const failing = [
    `INSERT INTO people VALUES ('${name}', 1, '${word()}', NULL)`,
    `INSERT INTO people VALUES ('${word()}', -${number()}, '${word()}', NULL)`,
    `INSERT INTO people VALUES (NULL, 1, '${word()}', NULL)`,
    `INSERT INTO people VALUES ('${word()}', '${word()}', 'a', NULL)`,
    `UPDATE people SET born = '${word()}'`,
    `ATTACH '/nowhere/people.db' (ENCRYPTION_KEY '${word()}')`,
    `SELECT * FROM read_parquet('s3://user:${word()}@bucket/a?X-Amz-Signature=${word()}')`,
  ];
  const fine = [
    'SELECT * FROM people',
    `SELECT name FROM people WHERE name = '${name}' -- ${word()}`,
    'PIVOT people ON city USING sum(amount)',
    `SET VARIABLE token = '${word()}'`,
    `CREATE VIEW v AS SELECT *, '${word()}' AS a FROM people WHERE amount <> ${number()}`,
    'FROM v',
    `UPDATE people SET city = '${word()}' WHERE name = '${name}'`,
    `DELETE FROM people WHERE city = '${word()}' OR born > DATE '${date()}'`,
  ];
  try {
    await connection.run(
      `CREATE TABLE people (name VARCHAR PRIMARY KEY, amount BIGINT CHECK (amount >= 0), city VARCHAR, born DATE)`,
    );
    await connection.run(`INSERT INTO people VALUES ('${name}', ${number()}, '${city}', DATE '${date()}')`);
    await connection.run('INSERT INTO people VALUES (?, ?, ?, NULL)', [word(), Number(number()), word()]);
    // Before the statements that may delete the row which one of these must collide with.
    for (const sql of failing) await expect(connection.run(sql), sql).rejects.toThrow();
    await expect(connection.run(failing[0] ?? '')).rejects.toThrow(name);
    for (const sql of fine) await connection.runAndReadAll(sql);
    const statement = await connection.prepare('SELECT name FROM people WHERE name <> $1 AND city <> $2');
    statement.bindVarchar(1, word());
    statement.bindVarchar(2, word());
    await statement.runAndReadAll();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  const said = spans().map(({ name: span, attributes, events, status }) => ({ span, attributes, events, status }));
  expect(said.length).toBeGreaterThan(fine.length + failing.length);
  expect(secrets.foundIn(JSON.stringify([said, warned]))).toEqual([]);
});
