/** Runs queries by drizzle, under an SDK of OpenTelemetry of its own. It does not know Planscope. */
import { drizzle } from '@leonardovida-md/drizzle-neo-duckdb';
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { eq, sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';

const users = pgTable('users', { id: integer('id').primaryKey(), name: text('name').notNull() });

export async function main(): Promise<void> {
  const sdk = new NodeSDK();
  sdk.start();
  await trace.getTracer('shop').startActiveSpan('sign up', async (span) => {
    const database = await drizzle(':memory:');
    await database.execute(sql`create table users (id integer primary key, name text not null)`);
    await database.insert(users).values([
      { id: 1, name: 'Ada' },
      { id: 2, name: 'Grace' },
    ]);
    console.log(JSON.stringify(await database.select().from(users).where(eq(users.id, 2))));
    await database.close();
    span.end();
  });
  await sdk.shutdown();
}
