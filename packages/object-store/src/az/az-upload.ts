import { randomUUID } from 'node:crypto';
import type { CloudTarget } from '../cloud/cloud-request.ts';
import { CloudUpload, putResult } from '../cloud/cloud-upload.ts';
import type { CallOptions, PutOptions, PutResult } from '../contract/store-calls.ts';
import type { AzConnection } from './az-connection.ts';
import { modeConditions, writeOptions } from './az-request.ts';

/**
 * An upload of blocks. The service has no request that removes blocks: those of an aborted upload stay for a
 * week, invisible, and completing one upload to a path discards the blocks of all others.
 */
export class AzUpload extends CloudUpload<string> {
  override readonly id: string = randomUUID();
  readonly #connection: AzConnection;

  constructor(connection: AzConnection, target: CloudTarget, options: PutOptions) {
    super(target, options);
    this.#connection = connection;
  }

  protected override async sendPart(partNumber: number, bytes: Uint8Array, options: CallOptions): Promise<string> {
    // The names of a blob's blocks must all have the same length.
    const block = Buffer.from(`${this.id}-${String(partNumber).padStart(5, '0')}`).toString('base64');
    const { path } = this.target;
    await this.#connection.send(path, options, (container, http) =>
      container.getBlockBlobClient(path).stageBlock(block, bytes, bytes.byteLength, http),
    );
    return block;
  }

  protected override async join(blocks: readonly string[], options: CallOptions): Promise<PutResult> {
    const fields = { ...writeOptions(this.options), conditions: modeConditions(this.options.mode, this.target) };
    const { path } = this.target;
    const { etag, versionId } = await this.#connection.send(path, options, (container, http) =>
      container.getBlockBlobClient(path).commitBlockList([...blocks], { ...http, ...fields }),
    );
    return putResult(etag, versionId);
  }

  protected override async discard(): Promise<void> {}
}
