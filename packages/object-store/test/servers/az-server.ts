import { request as send } from 'node:http';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { comparePaths } from '../../src/path/object-path.ts';
import { account, accountKey, startAzurite } from './azurite.ts';
import { LoopbackServer, type Request, type Response } from './loopback-server.ts';

/** Azurite behind a server that can be told to fail. */
export class AzServer extends LoopbackServer {
  readonly container: string = 'loopback';
  readonly #filled = new Set<string>();
  #azurite: Awaited<ReturnType<typeof startAzurite>> | undefined;

  constructor() {
    super((request) => this.#answer(request));
  }

  /** @returns the URL of the account */
  override async listen(): Promise<string> {
    this.#azurite = await startAzurite();
    const credential = new StorageSharedKeyCredential(account, accountKey);
    await new BlobServiceClient(this.#azurite.endpoint, credential).createContainer(this.container);
    return `${await super.listen()}/${account}`;
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#azurite?.stop();
  }

  /** Makes objects that this server lists and deletes itself: thousands of them keep Azurite busy for minutes. */
  fill(paths: readonly string[]): void {
    for (const path of paths) this.#filled.add(path);
  }

  #answer(request: Request): Response | Promise<Response> {
    const query = request.url.searchParams;
    const prefix = query.get('prefix') ?? '';
    const path = decodeURIComponent(request.url.pathname).slice(`/${account}/${this.container}/`.length);
    if (query.get('comp') === 'list' && [...this.#filled].some((filled) => filled.startsWith(prefix))) {
      return listed([...this.#filled].filter((filled) => filled.startsWith(prefix)).sort(comparePaths), query);
    }
    if (request.method === 'DELETE' && this.#filled.delete(path)) return { status: 202 };
    return this.#forward(request);
  }

  /** The same request with the same Host header, as sources of copies are held against it. */
  #forward({ method, target, headers, body }: Request): Promise<Response> {
    const { port } = new URL(this.#azurite?.endpoint ?? '');
    return new Promise((resolve, reject) => {
      const outgoing = send({ host: '127.0.0.1', port, method, path: target, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const { connection, 'transfer-encoding': encoding, 'keep-alive': keepAlive, ...shown } = incoming.headers;
          const response = { status: incoming.statusCode ?? 500, headers: shown as Record<string, string> };
          resolve({ ...response, body: Buffer.concat(chunks) });
        });
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

/** One page as the service shows it. */
function listed(paths: readonly string[], query: URLSearchParams): Response {
  const start = Number(query.get('marker') ?? 0);
  const end = start + Number(query.get('maxresults') ?? 5000);
  const written = new Date(0).toUTCString();
  const properties = `<Last-Modified>${written}</Last-Modified><Etag>0x1</Etag><Content-Length>1</Content-Length>`;
  const blobs = paths.slice(start, end).map((path) => {
    return `<Blob><Name>${path}</Name><Properties>${properties}<BlobType>BlockBlob</BlobType></Properties></Blob>`;
  });
  const next = end < paths.length ? String(end) : '';
  const body = `<Blobs>${blobs.join('')}</Blobs><NextMarker>${next}</NextMarker>`;
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="utf-8"?><EnumerationResults>${body}</EnumerationResults>`,
  };
}
