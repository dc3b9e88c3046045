import { z } from 'zod';

/** Row previews: how many rows, how they are laid out, what is hidden. */
export const previewSchema = z.strictObject({
  limit: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('Most rows in the preview of one operator, over all of its partitions; 0 switches previews off.'),
  maxWidth: z
    .int()
    .min(0)
    .default(96)
    .describe('Width of the table in characters; columns that do not fit are left out. 0 sets no limit.'),
  maxRowHeight: z.int().min(0).default(4).describe('Most lines one row may take before it is cut. 0 sets no limit.'),
  minCompactedColumnWidth: z
    .int()
    .min(1)
    .default(10)
    .describe('Characters below which a column is not compacted any further.'),
  maxBytes: z.int().min(64).default(8192).describe('Most bytes of one preview, in UTF-8; what is over is cut visibly.'),
  redaction: z
    .strictObject({
      mode: z
        .enum(['none', 'deny-list', 'allow-list'])
        .default('deny-list')
        .describe('none shows every column, deny-list hides the listed columns, allow-list hides all others.'),
      columns: z
        .array(z.string().min(1))
        .default([])
        .describe(
          'Names of the columns that `mode` speaks of. A deny list that nobody wrote hides common names of secrets.',
        ),
      token: z.string().min(1).default('[REDACTED]').describe('What stands in place of a hidden value.'),
    })
    .prefault({}),
});
