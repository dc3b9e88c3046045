import type { Attributes } from '@opentelemetry/api';
import { LinkedAbort } from '../body/linked-abort.ts';
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
  readonly #sending = new Set<Promise<void>>();
  readonly #stop = new AbortController();

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
    const sending = this.#send(partNumber, body, options);
    this.#sending.add(sending);
    try {
      await sending;
    } finally {
      this.#sending.delete(sending);
    }
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
    // A part that arrives later would stay.
    this.#stop.abort(new Error('[planscope/object-store] the upload was aborted'));
    await Promise.allSettled(this.#sending);
    await this.discard(options);
    this.#parts.close('aborted');
  }

  async #send(partNumber: number, body: PutBody, options: CallOptions): Promise<void> {
    const stop = new LinkedAbort(options.signal, this.#stop.signal);
    try {
      const bytes = await bodyBytes(body, stop.signal);
      this.#parts.set(partNumber, await this.sendPart(partNumber, bytes, { ...options, signal: stop.signal }));
    } finally {
      stop.release();
    }
  }

  #observe({ observe }: CallOptions, partNumber?: number): void {
    const attributes = this.spanAttributes(partNumber);
    if (attributes !== undefined) observe?.({ attributes });
  }
}
