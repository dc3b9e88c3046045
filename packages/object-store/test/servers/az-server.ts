import { request as send } from 'node:http';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { account, accountKey, startAzurite } from './azurite.ts';
import { LoopbackServer, type Request, type Response } from './loopback-server.ts';

/** Azurite behind a server that can be told to fail. */
export class AzServer extends LoopbackServer {
  readonly container: string = 'loopback';
  #azurite: Awaited<ReturnType<typeof startAzurite>> | undefined;

  constructor() {
    super((request) => this.#forward(request));
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

  /** Makes objects of one byte, many at a time, since there is no way around Azurite to its memory. */
  async fill(paths: readonly string[]): Promise<void> {
    const credential = new StorageSharedKeyCredential(account, accountKey);
    const service = new BlobServiceClient(this.#azurite?.endpoint ?? '', credential);
    const container = service.getContainerClient(this.container);
    const rest = paths[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const path of rest) await container.getBlockBlobClient(path).upload('x', 1);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
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
