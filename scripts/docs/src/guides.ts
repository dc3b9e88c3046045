import { bucketAndExtensions, type Prepared } from './bucket-and-extensions.ts';

/** A guide that a check follows word for word. */
export interface Guide {
  /** Path of the document from the root of the repository. */
  readonly document: string;
  /** The heading at which the steps end. Default: the end of the document. */
  readonly until?: string;
  /**
   * Provides what the reader has already.
   *
   * @param folder an empty one
   * @returns undefined where this machine has not got it, after a line that says so
   */
  readonly prepare?: (folder: string) => Promise<Prepared | undefined>;
}

/** The guides, in the order in which they are followed. */
export const GUIDES: readonly Guide[] = [
  { document: 'docs/getting-started.md' },
  { document: 'docs/duckdb-on-s3.md', until: '## What else a trace shows', prepare: bucketAndExtensions },
  { document: 'docs/lakehouse.md', until: '## Read a table', prepare: bucketAndExtensions },
];
