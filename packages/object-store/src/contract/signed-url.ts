import type { CallOptions } from './call-options.ts';

export interface SignedUrlOptions extends CallOptions {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'HEAD';
  /** How long the URL works, in seconds, from 1. */
  readonly expiresIn: number;
}
