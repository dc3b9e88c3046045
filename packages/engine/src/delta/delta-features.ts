import type { DeltaFile, DeltaMetadata, DeltaProtocol, DeltaSnapshot } from './delta-actions.ts';

/** Features of a table that change nothing for a reader of whole files. */
const READABLE: ReadonlySet<string> = new Set([
  'timestampNtz',
  'vacuumProtocolCheck',
  // These are checked where they are used, because a table may permit them without using them.
  'columnMapping',
  'deletionVectors',
  'v2Checkpoint',
]);

/** Features of a table that change nothing for a writer that only adds files. */
const APPENDABLE: ReadonlySet<string> = new Set([
  'appendOnly',
  'timestampNtz',
  'vacuumProtocolCheck',
  'deletionVectors',
  'v2Checkpoint',
  // Checked where they are used.
  'invariants',
  'checkConstraints',
  'generatedColumns',
  'columnMapping',
  'changeDataFeed',
]);

/** Why a log that is not complete cannot be read. */
export const INCOMPLETE_LOG =
  'its log starts with a checkpoint in a form that is not read, as of the feature "v2Checkpoint"';

const NEWEST_READER = 3;
const NEWEST_WRITER = 7;

/**
 * Why the engine cannot read a table through its stores.
 *
 * @param files that are to be read
 * @returns undefined if it can
 */
export function unreadable({ protocol, metadata }: DeltaSnapshot, files: readonly DeltaFile[]): string | undefined {
  const { minReaderVersion, readerFeatures } = protocol;
  if (minReaderVersion > NEWEST_READER) return `it requires reader version ${minReaderVersion}`;
  const unknown = (readerFeatures ?? []).find((feature) => !READABLE.has(feature));
  if (unknown !== undefined) return `it uses the reader feature "${unknown}"`;
  if (mapsColumns(metadata)) return 'it uses the reader feature "columnMapping"';
  if (files.some(({ deletionVector }) => deletionVector !== undefined && deletionVector !== null)) {
    return 'it uses the reader feature "deletionVectors"';
  }
  if (files.some(({ path }) => /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/'))) {
    return 'a file of it is outside of its folder, as in a shallow clone';
  }
  return undefined;
}

/** Why the engine cannot append to a table; undefined if it can. */
export function unwritable(protocol: DeltaProtocol, metadata: DeltaMetadata): string | undefined {
  const { minWriterVersion, writerFeatures } = protocol;
  if (minWriterVersion > NEWEST_WRITER) return `it requires writer version ${minWriterVersion}`;
  const unknown = (writerFeatures ?? []).find((feature) => !APPENDABLE.has(feature));
  if (unknown !== undefined) return `it uses the writer feature "${unknown}"`;
  const { configuration, schemaString } = metadata;
  if (mapsColumns(metadata)) return 'it uses the writer feature "columnMapping"';
  if (Object.keys(configuration ?? {}).some((key) => key.startsWith('delta.constraints.'))) {
    return 'it uses the writer feature "checkConstraints"';
  }
  if (/"delta\.(?:invariants|generationExpression|identity)/.test(schemaString)) {
    return 'its schema has invariants, generated columns or identity columns';
  }
  return undefined;
}

function mapsColumns({ configuration }: DeltaMetadata): boolean {
  return !['none', undefined].includes(configuration?.['delta.columnMapping.mode']);
}
