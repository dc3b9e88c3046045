import { z } from 'zod';
import { group } from './group.ts';

/** Which columns of a preview are hidden. */
export const previewRedactionFields = {
  /** none shows every column, deny-list hides the listed columns, allow-list hides all others. */
  mode: z.enum(['none', 'deny-list', 'allow-list']).default('deny-list'),
  /** Names of the columns that `mode` speaks of. A deny list that nobody wrote hides common names of secrets. */
  columns: z.array(z.string().min(1)).default([]),
  /** What stands in place of a hidden value. */
  token: z.string().min(1).default('[REDACTED]'),
};

/** Row previews: how many rows, how they are laid out, what is hidden. */
export const previewFields = {
  /** Most rows in the preview of one operator, over all of its partitions; 0 switches previews off. */
  limit: z.int().min(0).max(1000).default(0),
  /** Width of the table in characters; columns that do not fit are left out. 0 sets no limit. */
  maxWidth: z.int().min(0).default(96),
  /** Most lines one row may take before it is cut. 0 sets no limit. */
  maxRowHeight: z.int().min(0).default(4),
  /** Characters below which a column is not compacted any further. */
  minCompactedColumnWidth: z.int().min(1).default(10),
  /** Most bytes of one preview, in UTF-8; what is over is cut visibly. */
  maxBytes: z.int().min(64).default(8192),
  redaction: group(previewRedactionFields),
};
