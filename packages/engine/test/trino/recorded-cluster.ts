import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One request to a coordinator, and its answer; the URL of the coordinator stands as `{origin}` in the text. */
export interface RecordedAnswer {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
  readonly text: string;
}

/** A server on loopback that gives the recorded answers of a coordinator. */
export interface RecordedCluster {
  readonly server: string;
  /** The requests so far, as `POST /v1/statement`, with the statement of those that have one. */
  readonly requests: readonly { readonly call: string; readonly body: string }[];
  close(): Promise<void>;
}

/** Answers with a 404 what was not recorded. The last answer to a request is given again, as a server would. */
export async function startRecordedCluster(answers: readonly RecordedAnswer[]): Promise<RecordedCluster> {
  const waiting = new Map<string, RecordedAnswer[]>();
  for (const answer of answers) {
    const key = keyOf(answer);
    waiting.set(key, [...(waiting.get(key) ?? []), answer]);
  }
  const requests: { call: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '' } = request;
    requests.push({ call: `${method} ${path}`, body });
    const left = waiting.get(keyOf({ method, path, body })) ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json' });
    response.end(answer?.text.replaceAll('{origin}', origin) ?? 'not recorded');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    server: origin,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The answers of a coordinator of version 483 to a run, as `record-cluster.ts` wrote them. */
export function recordedAnswers(name: string): RecordedAnswer[] {
  const file = new URL(`./recordings/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}

function keyOf({ method, path, body }: Pick<RecordedAnswer, 'method' | 'path' | 'body'>): string {
  return `${method} ${path}\n${body}`;
}
