import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type TraceConnectionOptions, traceConnection } from '@planscope/duckdb';
import type { MarkedSecrets } from '../marked-secrets.ts';
import type { FilledGroup, FilledStatement } from './fill-group.ts';

/** No statement reaches beyond this machine, and all end in the same way on every one. */
const OPTIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

/** Runs the statements of a group on a traced connection; gives back which did not end as their lines say. */
export async function runGroup(group: FilledGroup, options: TraceConnectionOptions): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:', OPTIONS);
  const own = await instance.connect();
  const connection = traceConnection(own, { ...options, events: { instance } });
  const surprises: string[] = [];
  try {
    for (const sql of group.given) await own.run(sql);
    for (const [index, statement] of group.statements.entries()) {
      for (const sql of statement.given ?? []) await own.run(sql);
      const message = await run(connection, statement, index).then(
        () => undefined,
        (error: unknown) => String((error as Error).message),
      );
      if (endsAs(statement, message)) continue;
      surprises.push(`${statement.template.slice(0, 300)}\n    ended with: ${message?.slice(0, 300) ?? 'success'}`);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return surprises;
}

/** What the driver puts before the message of DuckDB where it takes a text apart. */
const DRIVER = 'Failed to extract statements: ';

function endsAs({ fails }: FilledStatement, message: string | undefined): boolean {
  if (fails === undefined || message === undefined) return fails === message;
  return message.replace(DRIVER, '').startsWith(`${fails}: `);
}

/** What the driver prepares: not several statements, as which DuckDB runs a pivot. */
const PREPARED = /^\s*(?:SELECT|FROM|WITH|VALUES)\b(?!.*\bPIVOT\b)[^;]*$/is;

/** The driver has several ways to run a statement; the corpus takes them in turn. */
async function run(connection: DuckDBConnection, statement: FilledStatement, index: number): Promise<void> {
  const { sql, fails } = statement;
  const values = statement.values === undefined ? undefined : [...statement.values];
  if (index % 4 === 1 && PREPARED.test(sql)) {
    const prepared = await connection.prepare(sql);
    try {
      if (values !== undefined) prepared.bind(values);
      await prepared.runAndReadAll();
    } finally {
      prepared.destroySync();
    }
  } else if (index % 4 === 2 && fails === undefined) {
    await connection.streamAndReadAll(sql, values);
  } else if (index % 4 === 3 && PREPARED.test(sql)) {
    await (await connection.start(sql, values)).readAll();
  } else {
    await connection.runAndReadAll(sql, values);
  }
}

/** Writes the files that statements read: rows with markers, whole and broken. */
export async function writeFiles(folder: string, { word, number }: MarkedSecrets): Promise<void> {
  const rows = Array.from({ length: 5 }, () => [word(), `"it's ""${word()}"""`, number()]);
  const csv = `name,note,amount\n${rows.map((row) => row.join(',')).join('\n')}\n`;
  const json = rows
    .map(([name, , amount]) => `{"name": "${name}", "amount": ${amount}, "note": "${word()}"}`)
    .join('\n');
  // Far enough down that DuckDB takes the column for one of numbers before it meets the word.
  const broken = `amount\n${'1\n'.repeat(25_000)}${word()}\n`;
  await Promise.all([
    writeFile(join(folder, 'people.csv'), csv),
    writeFile(join(folder, 'people.json'), json),
    writeFile(join(folder, 'broken.csv'), broken),
    writeFile(join(folder, 'broken.json'), `{"name": "${word()}", "a": ${word()}}\n`),
    writeFile(join(folder, 'broken.parquet'), `PAR1${word()}${word()}`),
  ]);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (FROM '${folder}/people.csv') TO '${folder}/people.parquet' (KV_METADATA {k: '${word()}'})`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
