import type { Bucket, File } from '@google-cloud/storage';
import type { CloudTarget } from '../cloud/cloud-request.ts';
import { CloudUpload, putResult } from '../cloud/cloud-upload.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallOptions, PutOptions, PutResult } from '../contract/store-calls.ts';
import { hiddenName } from '../path/object-path.ts';
import type { GsConnection } from './gs-connection.ts';
import { metaOf, preconditions, saveBytes, writeMetadata } from './gs-request.ts';

/** How many objects the service joins in one request. */
const mostJoined = 32;
const concurrentDeletions = 8;

/**
 * Parts as objects below a hidden prefix, composed into the object at the end. Of the service's ways to upload in parts,
 * only this one takes conditions.
 */
export class GsUpload extends CloudUpload<string> {
  override readonly id: string = hiddenName();
  readonly #connection: GsConnection;
  /** Every temporary object. */
  readonly #written = new Set<string>();

  constructor(connection: GsConnection, target: CloudTarget, options: PutOptions) {
    super(target, options);
    this.#connection = connection;
  }

  protected override async sendPart(partNumber: number, bytes: Uint8Array, options: CallOptions): Promise<string> {
    const name = this.#name(`part-${partNumber}`);
    await this.#connection.send(this.target.path, options, (bucket, watch) =>
      saveBytes(bucket.file(name), bytes, {}, watch),
    );
    return name;
  }

  protected override async join(parts: readonly string[], options: CallOptions): Promise<PutResult> {
    let names = parts;
    for (let level = 1; names.length > mostJoined; level += 1) names = await this.#joinGroups(names, level, options);
    const destination = writeMetadata(this.options, this.target);
    const conditions = preconditions(this.options.mode, this.target);
    const { eTag, version } = await this.#connection.send(this.target.path, options, async (bucket) => {
      const file = await compose(bucket, names, this.target.path, destination, conditions);
      return metaOf(this.target.path, file.metadata);
    });
    // The object is complete, so the upload succeeds even if removing its parts fails.
    await this.discard(options).catch(() => undefined);
    return putResult(eTag, version);
  }

  protected override async discard(options: CallOptions): Promise<void> {
    const rest = this.#written.values();
    const worker = async (): Promise<void> => {
      for (const name of rest) await this.#delete(name, options);
    };
    await Promise.all(Array.from({ length: concurrentDeletions }, worker));
  }

  async #delete(name: string, options: CallOptions): Promise<void> {
    try {
      await this.#connection.send(this.target.path, options, (bucket) => bucket.file(name).delete());
    } catch (error) {
      if (!ObjectStoreError.isInstance(error, 'NotFound')) throw error;
    }
  }

  async #joinGroups(names: readonly string[], level: number, options: CallOptions): Promise<string[]> {
    const joined: string[] = [];
    for (let start = 0; start < names.length; start += mostJoined) {
      const name = this.#name(`joined-${level}-${joined.length}`);
      const group = names.slice(start, start + mostJoined);
      await this.#connection.send(this.target.path, options, (bucket) => compose(bucket, group, name, {}, {}));
      joined.push(name);
    }
    return joined;
  }

  #name(part: string): string {
    const name = `${this.id}/${part}`;
    this.#written.add(name);
    return name;
  }
}

async function compose(
  bucket: Bucket,
  names: readonly string[],
  target: string,
  destination: File['metadata'],
  conditions: ReturnType<typeof preconditions>,
): Promise<File> {
  const file = bucket.file(target);
  const json = { kind: 'storage#composeRequest', destination, sourceObjects: names.map((name) => ({ name })) };
  const [metadata] = await file.request({ method: 'POST', uri: '/compose', json, qs: { ...conditions } } as never);
  file.metadata = metadata as File['metadata'];
  return file;
}
