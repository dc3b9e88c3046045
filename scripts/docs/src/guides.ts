import { bucketAndExtensions, type Prepare } from './bucket-and-extensions.ts';

/** A guide that a check follows word for word. */
export interface Guide {
  /** Path of the document from the root of the repository. */
  readonly document: string;
  /** The heading at which the steps end. Default: the end of the document. */
  readonly until?: string;
  /** Default: the reader needs nothing. */
  readonly prepare?: Prepare;
}

/** The guides, in the order in which they are followed. */
export const GUIDES: readonly Guide[] = [
  { document: 'docs/getting-started.md' },
  {
    document: 'docs/duckdb-on-s3.md',
    until: '## What else a trace shows',
    prepare: bucketAndExtensions({ extensions: ['httpfs'] }),
  },
  {
    document: 'docs/lakehouse.md',
    until: '## Read a table',
    prepare: bucketAndExtensions({ extensions: ['httpfs', 'delta', 'ducklake', 'avro', 'iceberg'], pyiceberg: true }),
  },
];
