import type { TrinoSessionOptions } from './client-options.ts';
import { TrinoClientError } from './trino-client-error.ts';

/**
 * The headers of a statement.
 *
 * @param query options of the query, before those of the client; session properties are merged
 */
export function sessionHeaders(client: TrinoSessionOptions, query: TrinoSessionOptions): Record<string, string> {
  const {
    catalog = client.catalog,
    schema = client.schema,
    source = client.source ?? 'planscope',
    clientTags = client.clientTags ?? [],
    timeZone = client.timeZone,
  } = query;
  const properties = Object.entries({ ...client.session, ...query.session });
  const headers = {
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    'X-Trino-Source': source,
    'X-Trino-Client-Tags': clientTags.join(','),
    'X-Trino-Session': properties.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join(','),
    'X-Trino-Time-Zone': timeZone,
    // Without it, times and timestamps come with three digits.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
  };
  const present = Object.entries(headers).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(present) as Record<string, string>;
}

/** Headers by which a server asks a client to change its session, and the option that has the effect here. */
const CHANGES: Readonly<Record<string, string>> = {
  'x-trino-set-catalog': 'USE: pass catalog and schema as options',
  'x-trino-set-schema': 'USE: pass catalog and schema as options',
  'x-trino-set-session': 'SET SESSION: pass the property in the option session',
  'x-trino-clear-session': 'RESET SESSION: leave the property out of the option session',
  'x-trino-set-role': 'SET ROLE: pass the header X-Trino-Role',
  'x-trino-set-path': 'SET PATH: write the path into the names',
  'x-trino-set-authorization-user': 'SET SESSION AUTHORIZATION: pass the option user',
  'x-trino-added-prepare': 'PREPARE: pass parameters with the query',
  'x-trino-started-transaction-id': 'START TRANSACTION: each query is its own transaction',
};

/**
 * A client has no session that a statement could change, since its queries run beside each other.
 *
 * @throws TrinoClientError `stateless-client`
 */
export function refuseSessionChange(headers: Headers): void {
  const change = Object.keys(CHANGES).find((name) => headers.has(name));
  if (change === undefined) return;
  throw new TrinoClientError('stateless-client', `the next query would not see the effect of ${CHANGES[change]}`);
}
