import { errorMarker } from '@planscope/internal/error-marker';
import type { SqlDialect } from '@planscope/redaction';
import type { RedactionOptions } from './redaction/redaction-options.ts';

/** Bounds of a preview, and what it may show. */
export interface PreviewOptions {
  /** Most rows to show; 0 switches the preview off. */
  readonly limit: number;
  /** Width of the table in columns of a terminal; default 96, 0 means no limit. */
  readonly maxWidth?: number;
  /** Most lines of one row; default 4, 0 means no limit. */
  readonly maxRowHeight?: number;
  /** Width below which no column is compacted, in columns of a terminal; default 10. */
  readonly minCompactedColumnWidth?: number;
  /** Most UTF-8 bytes of the whole text; default 8192, 0 means no limit. */
  readonly maxBytes?: number;
  /** Which values are hidden; default none. */
  readonly redaction?: RedactionOptions;
  /** The words of the engine that names columns after expressions; default standard SQL, which hides more. */
  readonly dialect?: SqlDialect;
  /** Called at most once per preview when something could not be shown. It never gets a value. */
  readonly onWarning?: (message: string) => void;
}

/** The sizes of a preview, with defaults filled in. */
export interface PreviewBounds {
  readonly limit: number;
  readonly maxWidth: number;
  readonly maxRowHeight: number;
  readonly minCompactedColumnWidth: number;
  readonly maxBytes: number;
}

/**
 * Fills in the defaults.
 * @throws {PreviewError} When a size is not a whole number from 0.
 */
export function previewBounds(options: PreviewOptions): PreviewBounds {
  const { limit, maxWidth = 96, maxRowHeight = 4, minCompactedColumnWidth = 10, maxBytes = 8192 } = options;
  const bounds = { limit, maxWidth, maxRowHeight, minCompactedColumnWidth, maxBytes };
  for (const [field, value] of Object.entries(bounds)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new PreviewError(`${field} is ${String(value)}; it must be a whole number from 0 on`);
    }
  }
  return bounds;
}

const marker = errorMarker('planscope.preview.error');

/** The options of a preview are invalid. */
export class PreviewError extends Error {
  readonly code = 'invalid-option' as const;

  constructor(message: string) {
    super(`[planscope/preview] ${message}`);
    this.name = 'PreviewError';
    marker.set(this);
  }

  /** Tells whether an error is a PreviewError, from any copy of this package. */
  static isInstance(error: unknown): error is PreviewError {
    return marker.isOn(error);
  }
}
