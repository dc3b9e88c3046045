import type { DeltaFile } from './delta-actions.ts';
import type { DeltaColumn } from './delta-schema.ts';

/** Name of the folder of a partition for the value null, as in Hive. */
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** Names for columns with the values of partition columns, which no file has and which need no escapes. */
export function partitionName(index: number): string {
  return `planscope_partition_${index}`;
}

/** Longest name of a folder in the usual file systems, in bytes. */
const LONGEST_NAME = 255;

/** Types whose text is that of DuckDB. */
const PLAIN_TEXT = /^(?:BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DECIMAL\(.*\))$/;

/**
 * SQL for the value of a partition column in the form that a log has. The empty text is null in a log.
 *
 * The forms: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#partition-value-serialization
 *
 * @param value SQL of the value, in the type of the column
 * @param type of DuckDB
 * @returns undefined for a type that a partition column cannot have
 */
export function partitionText(value: string, type: string): string | undefined {
  if (PLAIN_TEXT.test(type)) return `CAST(${value} AS VARCHAR)`;
  switch (type) {
    case 'VARCHAR':
      return `nullif(${value}, '')`;
    case 'FLOAT':
    case 'DOUBLE':
      return `CASE WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN if(${value} > 0, 'Infinity', '-Infinity')
        ELSE CAST(${value} AS VARCHAR) END`;
    case 'DATE':
      return withinYears(value, value, '%Y-%m-%d');
    case 'TIMESTAMP':
      return withinYears(value, value, '%Y-%m-%d %H:%M:%S.%f');
    case 'TIMESTAMP WITH TIME ZONE':
      // In UTC whatever the time zone of the session is.
      return withinYears(value, `make_timestamp(epoch_us(${value}))`, '%Y-%m-%dT%H:%M:%S.%fZ');
    default:
      return undefined;
  }
}

function withinYears(value: string, local: string, format: string): string {
  const message = 'Delta has no form for a partition of a day before the year 1 or after the year 9999';
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN isfinite(${value}) AND year(${local}) BETWEEN 1 AND 9999
    THEN strftime(${local}, '${format}') ELSE error('${message}') END`;
}

/** A value of a partition column as text that DuckDB casts to the type of the column; null for the value null. */
export function partitionValue(
  { partitionValues }: Pick<DeltaFile, 'partitionValues'>,
  { stored, type }: Pick<DeltaColumn, 'stored' | 'type'>,
): string | null {
  // An empty text in a log stands for null.
  const value = partitionValues[stored.name] || null;
  // Without an offset, DuckDB would take the time zone of the session. Writers mean UTC.
  const isLocal = type === 'TIMESTAMP WITH TIME ZONE' && value !== null && /^[\d-]+[ T][\d:.]+$/.test(value);
  return isLocal ? `${value}+00` : value;
}

/**
 * The folder for the files of a partition, in the way of Hive, with escapes. A value too long for the name of a folder
 * has none, because readers take values from the log.
 *
 * @returns path that ends with a slash; empty if the table has no partitions or a value is too long
 */
export function partitionFolder(columns: readonly string[], values: DeltaFile['partitionValues']): string {
  const names = columns.map((name) => {
    const value = values[name] ?? null;
    return `${escaped(name)}=${value === null ? NULL_PARTITION : escaped(value)}`;
  });
  return names.some((name) => name.length > LONGEST_NAME) ? '' : names.map((name) => `${name}/`).join('');
}

function escaped(text: string): string {
  // Unlike in a URL, these mean something to a file system or a pattern.
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
