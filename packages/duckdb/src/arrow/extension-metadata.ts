import type { DuckDBGeometryType, DuckDBVarCharType } from '@duckdb/node-api';

/** JSON is VARCHAR by another name; Arrow has a name for it, too. */
export function textMetadata({ alias }: DuckDBVarCharType): Map<string, string> | undefined {
  return alias === 'JSON' ? extension('arrow.json', '') : undefined;
}

/** GEOMETRY is kept as well-known binary; its reference system, where it has one, is told as GeoArrow tells it. */
export function geometryMetadata({ crs }: DuckDBGeometryType): Map<string, string> {
  return extension('geoarrow.wkb', JSON.stringify(crs === undefined ? {} : { crs }));
}

function extension(name: string, metadata: string): Map<string, string> {
  return new Map([
    ['ARROW:extension:name', name],
    ['ARROW:extension:metadata', metadata],
  ]);
}
