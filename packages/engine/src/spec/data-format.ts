import { DATA_FORMATS, type DataFormat } from './execution-spec.ts';
import { SpecError } from './spec-error.ts';

/** Endings that stand for a format; each may be followed by `.gz` or `.zst` where the format can be compressed. */
const formatByEnding: Readonly<Record<string, DataFormat>> = {
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
};

/**
 * The format that was given, else the one the location's ending stands for.
 *
 * @param field where in the specification the location stands
 * @throws SpecError `unknown-format` when neither says it
 */
export function formatOf(field: string, location: string, format: DataFormat | undefined): DataFormat {
  if (format !== undefined) return format;
  const ending = /\.([A-Za-z0-9]+)(?:\.(?:gz|zst))?$/.exec(location)?.[1]?.toLowerCase() ?? '';
  const known = formatByEnding[ending];
  if (known !== undefined) return known;
  throw new SpecError(
    'unknown-format',
    `${field}.format`,
    `the ending of the location names no format; set it to one of ${DATA_FORMATS.join(', ')}`,
  );
}
