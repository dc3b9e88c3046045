import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a scripted coordinator answers to a statement. */
export interface ScriptedAnswer {
  /** The columns as names and types; default: none. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: { readonly errorName: string; readonly errorType: string; readonly message: string };
  /** Is waited for before the answer. */
  readonly after?: Promise<unknown>;
}

/** A coordinator on loopback that knows its answers. */
export interface ScriptedCluster {
  readonly server: string;
  /** The statements so far, with the session properties of each. */
  readonly statements: readonly { readonly sql: string; readonly properties: string }[];
  close(): Promise<void>;
}

/** @param answer called for each statement; a statement without an answer has no rows */
export async function startScriptedCluster(
  answer: (sql: string) => ScriptedAnswer | undefined,
): Promise<ScriptedCluster> {
  const statements: { sql: string; properties: string }[] = [];
  const server = createServer(async (request, response) => {
    let sql = '';
    for await (const chunk of request) sql += chunk;
    if (request.method !== 'POST') {
      response.writeHead(410).end();
      return;
    }
    statements.push({ sql, properties: String(request.headers['x-trino-session'] ?? '') });
    const { columns = {}, data, error, after } = answer(sql) ?? {};
    await after;
    const described = Object.entries(columns).map(([name, type]) => ({
      name,
      type,
      typeSignature: { rawType: type, arguments: [] },
    }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        id: `query_${statements.length}`,
        stats: {},
        ...(described.length === 0 ? {} : { columns: described }),
        data,
        error: error && { errorCode: 1, ...error },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    statements,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
