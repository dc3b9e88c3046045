/** The `commitInfo` of a commit, as far as it tells who wrote it. */
export interface CommitInfo {
  readonly operation?: string;
  readonly engineInfo?: string;
  readonly txnId?: string;
}

/** What a Delta table requires of its readers and writers. */
export interface DeltaProtocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[] | null;
  readonly writerFeatures?: readonly string[] | null;
}

/** Schema and settings of a Delta table. */
export interface DeltaMetadata {
  readonly id: string;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration?: Readonly<Record<string, string>> | null;
  readonly format?: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
  /** Milliseconds since the Unix epoch. */
  readonly createdTime?: number | null;
}

/** Where the deleted rows of a file are. */
export interface DeletionVector {
  /** `u`: a file of the table; `i`: the text itself; `p`: any other file. */
  readonly storageType: string;
  readonly pathOrInlineDv: string;
  /** Position in its file, in bytes. */
  readonly offset?: number | null;
  readonly sizeInBytes: number;
  /** Number of deleted rows. */
  readonly cardinality: number;
}

/** A data file of a Delta table. */
export interface DeltaFile {
  /** Relative to the table, percent-encoded, or a URL. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly modificationTime: number;
  /** Set if rows of the file are deleted without rewriting it. */
  readonly deletionVector?: DeletionVector | null;
  /** False if a commit only moves rows between files. */
  readonly dataChange?: boolean;
  /** Statistics as JSON. */
  readonly stats?: string | null;
}

/** A Delta table at one version. */
export interface DeltaSnapshot {
  readonly version: number;
  readonly protocol: DeltaProtocol;
  readonly metadata: DeltaMetadata;
  /** The files whose rows the table has. */
  readonly files: readonly DeltaFile[];
}

/** An action of a commit, or a row of a checkpoint. Other actions do not affect reading. */
export interface DeltaAction {
  readonly commitInfo?: CommitInfo | null;
  readonly protocol?: DeltaProtocol | null;
  readonly metaData?: DeltaMetadata | null;
  readonly add?: DeltaFile | null;
  /** A file with actions of a checkpoint. */
  readonly sidecar?: { readonly path: string; readonly sizeInBytes: number; readonly modificationTime: number } | null;
  readonly remove?: (Pick<DeltaFile, 'path' | 'deletionVector'> & Readonly<Record<string, unknown>>) | null;
}

/** The actions of a commit: one JSON object in each line. */
export function commitActions(text: string): DeltaAction[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as DeltaAction);
}
