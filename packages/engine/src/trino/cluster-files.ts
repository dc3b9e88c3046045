import { innerStore } from '@planscope/object-store';
import type { InputObject } from '../input/input-source.ts';
import { EngineError } from '../run/engine-error.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { TrinoFileOptions } from './trino-options.ts';

/** Objects of one folder as the cluster names them. */
export interface ClusterFolder {
  /** Ends with a slash. */
  readonly location: string;
  /** The full locations of the objects. */
  readonly files: readonly string[];
}

type Locations = NonNullable<TrinoFileOptions['locations']>;

/** What programs and clusters name alike. */
const SAME: Locations = { 's3://': 's3://', 'gs://': 'gs://' };

/** Each is named in the text of the query, which Trino limits to a megabyte. */
const MOST_OBJECTS = 1_000;
/** Each is a table. */
const MOST_FOLDERS = 100;

/** @throws EngineError `invalid-option` */
export function checkFileOptions({ catalog, schema, locations = {} }: TrinoFileOptions): void {
  for (const [option, value] of Object.entries({ catalog, schema })) {
    if (typeof value === 'string' && value !== '') continue;
    throw new EngineError('invalid-option', `trino.files.${option}: is missing`);
  }
  for (const location of Object.entries(locations).flat()) {
    if (/^[a-z][a-z0-9+.-]*:\/\/.*\/$/i.test(location)) continue;
    const text = `trino.files.locations: ${JSON.stringify(location)} is not the beginning of a URL that ends with "/"`;
    throw new EngineError('invalid-option', text);
  }
}

/**
 * The folders of an input in the cluster. A table of the connector `hive` is a folder, so an object is a folder with a
 * condition on the path.
 *
 * @param field field of the location in the specification
 * @throws SpecError `unsupported-by-engine` for objects that the cluster cannot reach or would read otherwise than DuckDB
 */
export function clusterFolders(
  field: string,
  objects: readonly InputObject[],
  locations: Locations = {},
): ClusterFolder[] {
  if (objects.length > MOST_OBJECTS) {
    const text = `it matches ${objects.length} objects, and a run can name ${MOST_OBJECTS}; make a table of them`;
    throw unsupported(field, text);
  }
  const folders = new Map<string, string[]>();
  for (const object of objects) {
    const file = clusterLocation(field, object, { ...SAME, ...locations });
    const end = file.lastIndexOf('/') + 1;
    checkPath(field, file, end);
    folders.set(file.slice(0, end), [...(folders.get(file.slice(0, end)) ?? []), file]);
  }
  if (folders.size > MOST_FOLDERS) {
    const text = `its objects are in ${folders.size} folders, and a run makes tables of at most ${MOST_FOLDERS}; make a table of them`;
    throw unsupported(field, text);
  }
  return [...folders].map(([location, files]) => ({ location, files }));
}

function clusterLocation(field: string, { store, meta, url }: InputObject, locations: Locations): string {
  // The URL of a file is encoded, and the cluster's names are not.
  const own = innerStore(store).baseUrl + meta.path;
  const [known] = Object.keys(locations)
    .filter((start) => own.startsWith(start))
    .sort((left, right) => right.length - left.length);
  if (known !== undefined) return `${locations[known]}${own.slice(known.length)}`;
  const text = `the cluster does not know ${url} by this name; say how it names the place with trino.files.locations of the engine`;
  throw unsupported(field, text);
}

function checkPath(field: string, file: string, end: number): void {
  // Hive takes them for files that are not finished, and reads no row of them.
  if (/^[_.]/.test(file.slice(end)))
    throw unsupported(field, `Trino leaves out files like ${file}, whose name starts with "_" or "."`);
  if (/\/[^/=]+=[^/]*\//.test(file)) {
    const text = `${file} is in a partition, whose values are columns; make a table of them, with its partitions`;
    throw unsupported(field, text);
  }
}

function unsupported(field: string, text: string): SpecError {
  return new SpecError('unsupported-by-engine', field, `on the engine trino: ${text}`);
}
