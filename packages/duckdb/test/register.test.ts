import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProgramRun, REGISTER, RegisterRoom } from './register-room.ts';

const QUERY = `SELECT (i % 3)::INTEGER AS k, count(*)::INTEGER AS n FROM range(10) t(i) GROUP BY k ORDER BY k`;
const BODY = `
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  console.log(JSON.stringify((await connection.runAndReadAll("${QUERY}")).getRows()));
  await connection.run('FROM missing').catch((error) => console.log(error.message));
  connection.closeSync();
  instance.closeSync();`;
const OUTPUT = /^\[\[0,4\],\[1,3\],\[2,3\]\]\nCatalog Error: Table with name missing does not exist!/;

let room: RegisterRoom;
beforeAll(async () => {
  room = await RegisterRoom.open();
  await room.write('program.mjs', `import { DuckDBInstance } from '@duckdb/node-api';${BODY}`);
  await room.write(
    'program.cjs',
    `const { DuckDBInstance } = require('@duckdb/node-api'); (async () => {${BODY}\n})();`,
  );
}, 120_000);
afterAll(() => room.close());

function queries({ spans }: ProgramRun): string[] {
  return spans.filter(({ attributes }) => attributes.get('planscope.span.kind') === 'query').map(({ name }) => name);
}

describe('the flag', () => {
  it.each(['program.mjs', 'program.cjs'])('traces %s with the same spans, by import and require', async (program) => {
    const bare = await room.run(program, { flags: [], environment: {} });
    expect(bare.output).toMatch(OUTPUT);
    const trees: string[][] = [];
    for (const flag of ['--import', '--require']) {
      const traced = await room.run(program, { flags: [flag, '@planscope/duckdb/register'] });
      expect([traced.output, traced.errors]).toEqual([bare.output, '']);
      trees.push(traced.spans.map(({ name }) => name).sort());
    }
    expect(trees[0]).toEqual(trees[1]);
    expect(trees[0]).toEqual([
      'HASH_GROUP_BY',
      'ORDER_BY',
      'PROJECTION',
      'PROJECTION',
      'RANGE',
      'SELECT',
      'SELECT missing',
      'analyze_logical_plan',
      'create_physical_plan',
      'optimize_logical_plan',
    ]);
  });

  it('given twice, with a connection that the program traces itself, makes one span for each query', async () => {
    await room.write(
      'both.mjs',
      `import { DuckDBInstance } from '@duckdb/node-api';
      import { traceConnection } from '@planscope/duckdb';
      const connection = traceConnection(await (await DuckDBInstance.create()).connect());
      await connection.run('SELECT 42');
      connection.closeSync();`,
    );
    const flags = [...REGISTER, ...REGISTER, '--require', '@planscope/duckdb/register'];
    expect(queries(await room.run('both.mjs', { flags }))).toEqual(['SELECT']);
  });

  it('without an SDK or exporters changes no output and loads no other copy of the driver', async () => {
    await room.write(
      'copies.mjs',
      `import nodeModule from 'node:module';
      import { DuckDBInstance } from '@duckdb/node-api';
      const connection = await (await DuckDBInstance.create()).connect();
      await connection.run('SELECT 42');
      const { cache } = nodeModule.createRequire(import.meta.url);
      console.log(Object.keys(cache).filter((file) => /DuckDBInstance\\.js$/.test(file)).length);
      connection.closeSync();`,
    );
    expect(await room.run('copies.mjs', { environment: {} })).toEqual({ output: '1\n', errors: '', spans: [] });
    const { output, errors } = await room.run('program.mjs', { environment: {} });
    expect([output, errors]).toEqual([(await room.run('program.mjs', { flags: [], environment: {} })).output, '']);
  });

  it('traces into the SDK of the program', async () => {
    await room.write(
      'sdk.mjs',
      `import { trace } from '@opentelemetry/api';
      import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
      import { DuckDBInstance } from '@duckdb/node-api';
      const exporter = new InMemorySpanExporter();
      const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
      const connection = await (await DuckDBInstance.create()).connect();
      trace.setGlobalTracerProvider(provider);
      await connection.run('SELECT 42');
      connection.closeSync();
      console.log(exporter.getFinishedSpans().filter(({ name }) => name === 'SELECT').length);`,
    );
    const environments = [{}, { PLANSCOPE_PRESET: 'maximal', OTEL_TRACES_EXPORTER: 'zipkin' }];
    for (const environment of environments) {
      expect(await room.run('sdk.mjs', { environment })).toMatchObject({ output: '1\n', errors: '' });
    }
    expect((await room.run('sdk.mjs', { environment: { PLANSCOPE_ENABLED: 'false' } })).output).toBe('0\n');
  });

  it('traces every copy of the driver, with its own version', async () => {
    await room.copyDriver('other');
    const lake = fileURLToPath(new URL('../../../lake/node_modules/@duckdb/node-api', import.meta.url));
    await room.copyDriver('older', lake);
    for (const [name, load] of Object.entries({
      'copies-first.mjs': `import * as own from '@duckdb/node-api'; import other from 'other'; import older from 'older';`,
      'copies-first.cjs': `const own = require('@duckdb/node-api'), other = require('other'), older = require('older');`,
    })) {
      await room.write(
        name,
        `${load}
        (async () => {
          for (const [index, { DuckDBInstance }] of [own, other, older].entries()) {
            const connection = await (await DuckDBInstance.create()).connect();
            const [[version]] = (await connection.runAndReadAll('SELECT version()')).getRows();
            await connection.run('CREATE TABLE of_copy_' + index + ' AS SELECT version() AS v');
            console.log(version);
            connection.closeSync();
          }
        })();`,
      );
      const run = await room.run(name);
      expect(run.errors).toBe('');
      const tables = queries(run).filter((query) => query.startsWith('CREATE'));
      expect(tables).toEqual(['CREATE of_copy_0', 'CREATE of_copy_1', 'CREATE of_copy_2']);
      const seen = run.spans.flatMap(({ attributes }) => attributes.get('duckdb.version') ?? []);
      expect(new Set(seen)).toEqual(new Set(run.output.trim().split('\n')));
    }
  });

  it('traces the connections that drizzle makes', async () => {
    await room.write(
      'drizzle.mjs',
      `import { drizzle } from '@leonardovida-md/drizzle-neo-duckdb';
      import { sql } from 'drizzle-orm';
      import { integer, pgTable, text } from 'drizzle-orm/pg-core';
      const users = pgTable('users', { id: integer('id').primaryKey(), name: text('name').notNull() });
      const database = await drizzle(':memory:');
      await database.execute(sql\`create table users (id integer primary key, name text not null)\`);
      await database.insert(users).values({ id: 1, name: 'Ada' });
      console.log(JSON.stringify(await database.select().from(users)));
      await database.close();`,
    );
    const run = await room.run('drizzle.mjs');
    expect(run.output).toBe('[{"id":1,"name":"Ada"}]\n');
    expect(queries(run)).toEqual(expect.arrayContaining(['CREATE users', 'INSERT "users"', 'SELECT "users"']));
  });

  it('traces the connections that kysely makes', async () => {
    await room.write(
      'kysely.mjs',
      `import { DuckDBInstance } from '@duckdb/node-api';
      import { Kysely } from 'kysely';
      import { DuckDbDialect } from 'kysely-duckdb';
      const database = await DuckDBInstance.create(':memory:');
      const kysely = new Kysely({ dialect: new DuckDbDialect({ database, tableMappings: {} }) });
      await kysely.schema.createTable('users').addColumn('id', 'integer').execute();
      await kysely.insertInto('users').values({ id: 1 }).execute();
      console.log(JSON.stringify(await kysely.selectFrom('users').selectAll().execute()));
      await kysely.destroy();`,
    );
    const run = await room.run('kysely.mjs');
    expect(run.output).toBe('[{"id":1}]\n');
    expect(queries(run)).toEqual(expect.arrayContaining(['CREATE "users"', 'INSERT "users"', 'SELECT "users"']));
  });

  it('traces worker threads', async () => {
    await room.write(
      'workers.mjs',
      `import { isMainThread, Worker } from 'node:worker_threads';
      import { DuckDBInstance } from '@duckdb/node-api';
      const connection = await (await DuckDBInstance.create()).connect();
      await connection.run(isMainThread ? 'CREATE TABLE of_main (i INTEGER)' : 'CREATE TABLE of_worker (i INTEGER)');
      connection.closeSync();
      if (isMainThread) new Worker(new URL(import.meta.url)).on('exit', (code) => console.log(code));`,
    );
    const run = await room.run('workers.mjs');
    expect(run.output).toBe('0\n');
    expect(queries(run).sort()).toEqual(['CREATE of_main', 'CREATE of_worker']);
  });

  it('says what is wrong with a variable, and leaves the program untraced', async () => {
    const environment = { PLANSCOPE_EXPORTERS: 'console', PLANSCOPE_PRESET: 'loud' };
    const { output, errors } = await room.run('program.mjs', { environment });
    expect(output).toMatch(OUTPUT);
    expect(errors).toMatch(/^\[planscope\/duckdb\] DuckDB is not traced: .*"loud" .*PLANSCOPE_PRESET/);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  it('takes the options of traced connections from variables', async () => {
    const variables = { PLANSCOPE_RULE_MODE: 'disabled', PLANSCOPE_PRIVACY_SQL_LITERALS: 'keep' };
    const fields = { PLANSCOPE_CUSTOM_SPAN_FIELDS: 'app.part=report', PLANSCOPE_TRACE: 'info,RANGE=off' };
    const path = join(room.folder, 'options.jsonl');
    const exporter = { PLANSCOPE_EXPORTERS: 'file', PLANSCOPE_FILE_PATH: path };
    await room.run('program.mjs', { environment: { ...variables, ...fields, ...exporter } });
    const { readTraceFile } = await import('@planscope/testing');
    const spans = readTraceFile(path);
    expect(spans.map(({ name }) => name)).not.toContain('optimize_logical_plan');
    expect(spans.map(({ name }) => name)).not.toContain('RANGE');
    const query = spans.find(({ name }) => name === 'SELECT');
    expect(query?.attributes.get('db.query.text')).toBe(QUERY);
    expect(query?.attributes.get('app.part')).toBe('report');
  });
});

it('a missing package is named, with what to do, and the program goes on', async () => {
  const installed = join(room.folder, 'node_modules/@planscope');
  await rename(join(installed, 'bootstrap'), join(installed, 'removed'));
  const exporters = await room.run('program.mjs');
  expect(exporters.errors).toBe(
    '[planscope/duckdb] PLANSCOPE_EXPORTERS is set, but @planscope/bootstrap is not installed, so spans go only to an SDK of the program; npm install @planscope/bootstrap\n',
  );
  expect(exporters.output).toMatch(OUTPUT);
  await rename(join(installed, 'config'), join(installed, 'removed-too'));
  const preset = await room.run('program.mjs', { environment: { PLANSCOPE_PRESET: 'maximal' } });
  expect(preset.errors).toBe(
    '[planscope/duckdb] DuckDB is not traced: PLANSCOPE_PRESET is set, but @planscope/config is not installed; npm install @planscope/config\n',
  );
  expect(preset.output).toMatch(OUTPUT);
  const none = await room.run('program.mjs', { environment: {} });
  expect([none.errors, none.output.match(OUTPUT)?.index]).toEqual(['', 0]);
  await rename(join(installed, 'removed'), join(installed, 'bootstrap'));
  await rename(join(installed, 'removed-too'), join(installed, 'config'));
});

it('the flag works below a loader that returns the source of CommonJS files', async () => {
  const program = fileURLToPath(new URL('./programs/traced-by-flag.ts', import.meta.url));
  const flags = ['--conditions=@planscope/source', '--import', import.meta.resolve('tsx')];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...REGISTER, program], {
    cwd: fileURLToPath(new URL('../', import.meta.url)),
    timeout: 60_000,
  });
  expect(stdout).toBe('1\n');
});
