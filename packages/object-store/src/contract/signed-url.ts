import type { CallOptions } from './call-options.ts';

/** What a signed URL lets its holder do, and for how long. */
export interface SignedUrlOptions extends CallOptions {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'HEAD';
  /** How long the URL works, in seconds, from 1. */
  readonly expiresIn: number;
}
