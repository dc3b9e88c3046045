import type { CallOptions } from './call-options.ts';
import type { PutBody, PutResult } from './put-options.ts';

/** An upload in parts. Nothing is visible before `complete`, and nothing is left after `abort`. */
export interface MultipartUpload {
  /** The store's name for the upload. */
  readonly id: string;
  /** Smallest size in bytes of every part but the last. */
  readonly minimumPartSize: number;
  /**
   * Uploads one part. Parts may come in any order and at the same time; the object is their bytes in order of number.
   *
   * @param partNumber from 1; a number that was uploaded before is replaced
   */
  putPart(partNumber: number, body: PutBody, options?: CallOptions): Promise<void>;
  /**
   * Makes the object of the parts. A missing number is an error, and so is an upload without a part.
   *
   * @throws ObjectStoreError AlreadyExists or Precondition, where the upload was started with such a mode
   */
  complete(options?: CallOptions): Promise<PutResult>;
  /** Throws the parts away; safe to call twice, and after a `complete` that failed. */
  abort(options?: CallOptions): Promise<void>;
}
