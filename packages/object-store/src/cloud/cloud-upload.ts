import type { Attributes } from '@opentelemetry/api';
import { bodyBytes } from '../body/put-body.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { MultipartUpload } from '../contract/multipart-upload.ts';
import type { PutBody, PutOptions, PutResult } from '../contract/put-options.ts';
import { UploadParts } from '../upload/upload-parts.ts';
import type { CloudTarget } from './cloud-target.ts';
import { withWriteMode } from './write-mode.ts';

/** What uploads in parts to all services do alike; each adds its requests. */
export abstract class CloudUpload<Part> implements MultipartUpload {
  abstract readonly id: string;
  readonly minimumPartSize: number = 1;
  protected readonly target: CloudTarget;
  protected readonly options: PutOptions;
  readonly #parts: UploadParts<Part>;

  /** @param options as the upload was started with */
  protected constructor(target: CloudTarget, options: PutOptions) {
    this.target = target;
    this.options = options;
    this.#parts = new UploadParts(target);
  }

  /** Sends one part; gives back what names it at the end. */
  protected abstract sendPart(partNumber: number, bytes: Uint8Array, options: CallOptions): Promise<Part>;
  /** Makes the object of the parts. */
  protected abstract join(parts: readonly Part[], options: CallOptions): Promise<PutResult>;
  /** Takes away what was sent; nothing there is no failure. */
  protected abstract discard(options: CallOptions): Promise<void>;

  /** Attributes for the spans of this upload that only this kind of store has. */
  protected spanAttributes(_partNumber?: number): Attributes | undefined {
    return undefined;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    this.#parts.check(partNumber);
    this.#observe(options, partNumber);
    const bytes = await bodyBytes(body, options.signal);
    this.#parts.set(partNumber, await this.sendPart(partNumber, bytes, options));
  }

  async complete(options: CallOptions = {}): Promise<PutResult> {
    const parts = this.#parts.inOrder();
    this.#observe(options);
    const result = await withWriteMode(this.options.mode, this.target, () => this.join(parts, options));
    this.#parts.close('completed');
    return result;
  }

  async abort(options: CallOptions = {}): Promise<void> {
    if (this.#parts.closed !== undefined) return;
    this.#observe(options);
    await this.discard(options);
    this.#parts.close('aborted');
  }

  #observe({ observe }: CallOptions, partNumber?: number): void {
    const attributes = this.spanAttributes(partNumber);
    if (attributes !== undefined) observe?.({ attributes });
  }
}
