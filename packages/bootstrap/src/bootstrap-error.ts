import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.bootstrap.BootstrapError');

/** Why the pipeline could not be set up. */
export type BootstrapErrorCode =
  | 'unknown-sampler'
  | 'invalid-sampler-argument'
  | 'unknown-exporter'
  | 'invalid-span-exporter'
  | 'unknown-protocol'
  | 'unknown-compression'
  | 'invalid-endpoint'
  | 'invalid-header'
  | 'invalid-export-policy'
  | 'unsupported-config-file'
  | 'unreadable-certificate'
  | 'unwritable-file'
  | 'missing-package';

/** Says why a tracing pipeline could not be set up: the field, its value and what is allowed. */
export class BootstrapError extends Error {
  readonly code: BootstrapErrorCode;

  constructor(code: BootstrapErrorCode, message: string, options?: ErrorOptions) {
    super(`[planscope/bootstrap] ${message}`, options);
    this.name = 'BootstrapError';
    this.code = code;
    marker.set(this);
  }

  /** Whether the error is a BootstrapError, from this copy of the package or another. */
  static isInstance(error: unknown): error is BootstrapError {
    return marker.isOn(error);
  }
}
