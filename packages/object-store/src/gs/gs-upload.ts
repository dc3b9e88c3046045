import type { Bucket, File } from '@google-cloud/storage';
import { bodyBytes } from '../body/put-body.ts';
import { withWriteMode } from '../cloud/write-mode.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { hiddenName } from '../upload/hidden-name.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import type { GsConnection } from './gs-connection.ts';
import { metaOf, preconditions, writeMetadata } from './gs-request.ts';

/** How many objects the service joins in one request. */
const mostJoined = 32;

/**
 * Parts as objects below a prefix that the store never shows, joined into the object at the end: of the service's ways to
 * upload in parts, the one that takes conditions.
 */
export class GsUpload implements MultipartUpload {
  readonly id: string = hiddenName();
  readonly minimumPartSize: number = 1;
  readonly #connection: GsConnection;
  readonly #where: { readonly store: string; readonly path: ObjectPath };
  readonly #options: PutOptions;
  readonly #parts: UploadParts<string>;
  /** Every object written on the way. */
  readonly #written = new Set<string>();

  constructor(
    connection: GsConnection,
    where: { readonly store: string; readonly path: ObjectPath },
    options: PutOptions,
  ) {
    this.#connection = connection;
    this.#where = where;
    this.#options = options;
    this.#parts = new UploadParts(where);
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    const bytes = await bodyBytes(body, options.signal);
    const name = this.#name(`part-${partNumber}`);
    await this.#connection.send(this.#where.path, options, (bucket) =>
      bucket.file(name).save(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { resumable: false }),
    );
    this.#parts.set(partNumber, name);
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    let names = this.#parts.inOrder();
    for (let level = 1; names.length > mostJoined; level += 1) names = await this.#joinGroups(names, level, options);
    const { mode } = this.#options;
    const { eTag, version } = await withWriteMode(mode, this.#where, () =>
      this.#connection.send(this.#where.path, options, async (bucket) => {
        const destination = writeMetadata(this.#options, this.#where);
        const file = await join(bucket, names, this.#where.path, destination, preconditions(mode, this.#where));
        return metaOf(this.#where.path, file.metadata);
      }),
    );
    this.#parts.close('completed');
    // The object is there; parts that could not be taken away are no reason to say that it is not.
    await this.#remove(options).catch(() => undefined);
    return { ...(eTag === undefined ? {} : { eTag }), ...(version === undefined ? {} : { version }) };
  }

  async abort(options: CallOptions = {}): Promise<void> {
    if (this.#parts.closed !== undefined) return;
    await this.#remove(options);
    this.#parts.close('aborted');
  }

  async #joinGroups(names: readonly string[], level: number, options: CallOptions): Promise<string[]> {
    const joined: string[] = [];
    for (let start = 0; start < names.length; start += mostJoined) {
      const name = this.#name(`joined-${level}-${joined.length}`);
      const group = names.slice(start, start + mostJoined);
      await this.#connection.send(this.#where.path, options, (bucket) => join(bucket, group, name, {}, {}));
      joined.push(name);
    }
    return joined;
  }

  #name(part: string): string {
    const name = `${this.id}/${part}`;
    this.#written.add(name);
    return name;
  }

  async #remove(options: CallOptions): Promise<void> {
    for (const name of this.#written) {
      try {
        await this.#connection.send(this.#where.path, options, (bucket) => bucket.file(name).delete());
      } catch (error) {
        if (!ObjectStoreError.isInstance(error, 'NotFound')) throw error;
      }
    }
  }
}

async function join(
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
