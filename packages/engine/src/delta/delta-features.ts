import type { DeltaFile, DeltaMetadata, DeltaProtocol, DeltaSnapshot } from './delta-actions.ts';

/** Features of a table that the engine reads. */
const READABLE: ReadonlySet<string> = new Set([
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'v2Checkpoint',
  'vacuumProtocolCheck',
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
export const INCOMPLETE_LOG = 'its log lacks commits, and has no complete checkpoint in their place';

const MAPPING_MODES: ReadonlySet<string> = new Set(['none', 'name', 'id']);

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
  const mode = metadata.configuration?.['delta.columnMapping.mode'] ?? 'none';
  if (!MAPPING_MODES.has(mode)) return `it maps columns by "${mode}"`;
  if (files.some(({ path }) => /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/'))) {
    return 'a file of it is outside of its folder, as in a shallow clone';
  }
  const storage = files.map(({ deletionVector }) => deletionVector?.storageType ?? 'u');
  if (storage.includes('p')) return 'a deletion vector of it is outside of its folder, as in a shallow clone';
  const unknownStorage = storage.find((type) => type !== 'u' && type !== 'i');
  if (unknownStorage !== undefined) return `it stores deletion vectors in the way "${unknownStorage}"`;
  return undefined;
}

/** Why DuckDB's extension must not read a table; undefined if it may. */
export function misread(metadata: DeltaMetadata): string | undefined {
  if (!mapsColumns(metadata)) return undefined;
  const isById = metadata.configuration?.['delta.columnMapping.mode'] === 'id';
  if (!isById && metadata.partitionColumns.length === 0) return undefined;
  const wrong = isById ? 'finds columns by their names instead of their ids' : 'returns null for partition columns';
  return `the table uses the feature "columnMapping", with which DuckDB's extension delta ${wrong}`;
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
