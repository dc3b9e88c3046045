/** Row previews: how many rows, how they are laid out, what is hidden. */
export interface PreviewConfig {
  /** Most rows in the preview of one operator, over all of its partitions; 0 switches previews off. */
  readonly limit: number;
  /** Width of the table in characters; columns that do not fit are left out. 0 sets no limit. */
  readonly maxWidth: number;
  /** Most lines one row may take before it is cut. 0 sets no limit. */
  readonly maxRowHeight: number;
  /** Characters below which a column is not compacted any further. */
  readonly minCompactedColumnWidth: number;
  /** Most bytes of one preview, in UTF-8; what is over is cut visibly. */
  readonly maxBytes: number;
  /** Which columns are hidden. */
  readonly redaction: PreviewRedaction;
}

/** Which columns of a preview are hidden. */
export interface PreviewRedaction {
  /** none shows every column, deny-list hides the listed columns, allow-list hides all others. */
  readonly mode: 'none' | 'deny-list' | 'allow-list';
  /** Names of the columns that `mode` speaks of. A deny list that nobody wrote hides common names of secrets. */
  readonly columns: readonly string[];
  /** What stands in place of a hidden value. */
  readonly token: string;
}
