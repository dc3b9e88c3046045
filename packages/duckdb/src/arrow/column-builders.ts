import { type DuckDBGeometryType, type DuckDBType, DuckDBTypeId, type DuckDBVarCharType } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { ArrowConversionError } from './arrow-conversion-error.ts';
import { binaryColumn } from './columns/binary.ts';
import { enumColumn } from './columns/enumeration.ts';
import {
  booleanColumn,
  decimalColumn,
  fixedWidthColumn,
  intervalColumn,
  nullColumn,
  timeWithTimeZoneColumn,
} from './columns/fixed-width.ts';
import {
  formatBignum,
  formatBit,
  formattedTextColumn,
  formatUnsignedHugeint,
  formatUuid,
} from './columns/formatted-text.ts';
import {
  fixedSizeListColumn,
  listColumn,
  mapColumn,
  structColumn,
  unionColumn,
  variantColumn,
} from './columns/nested.ts';
import type { ColumnBuilder, ColumnContext } from './vector-slice.ts';

type CreateBuilder<Type extends DuckDBType> = (type: Type, context: ColumnContext) => ColumnBuilder;

/** The conversion of each type, except ANY and the literal types, which do not occur in results. */
const creators: { readonly [Id in DuckDBTypeId]?: CreateBuilder<Extract<DuckDBType, { typeId: Id }>> } = {
  [DuckDBTypeId.BOOLEAN]: booleanColumn,
  [DuckDBTypeId.TINYINT]: () => fixedWidthColumn(new arrow.Int8(), 1),
  [DuckDBTypeId.SMALLINT]: () => fixedWidthColumn(new arrow.Int16(), 2),
  [DuckDBTypeId.INTEGER]: () => fixedWidthColumn(new arrow.Int32(), 4),
  [DuckDBTypeId.BIGINT]: () => fixedWidthColumn(new arrow.Int64(), 8),
  [DuckDBTypeId.HUGEINT]: () => fixedWidthColumn(new arrow.Decimal(0, 38, 128), 16),
  [DuckDBTypeId.UTINYINT]: () => fixedWidthColumn(new arrow.Uint8(), 1),
  [DuckDBTypeId.USMALLINT]: () => fixedWidthColumn(new arrow.Uint16(), 2),
  [DuckDBTypeId.UINTEGER]: () => fixedWidthColumn(new arrow.Uint32(), 4),
  [DuckDBTypeId.UBIGINT]: () => fixedWidthColumn(new arrow.Uint64(), 8),
  [DuckDBTypeId.UHUGEINT]: (_type, context) => formattedTextColumn(context, formatUnsignedHugeint),
  [DuckDBTypeId.BIGNUM]: (_type, context) => formattedTextColumn(context, formatBignum),
  [DuckDBTypeId.FLOAT]: () => fixedWidthColumn(new arrow.Float32(), 4),
  [DuckDBTypeId.DOUBLE]: () => fixedWidthColumn(new arrow.Float64(), 8),
  [DuckDBTypeId.DECIMAL]: decimalColumn,
  [DuckDBTypeId.DATE]: () => fixedWidthColumn(new arrow.DateDay(), 4),
  [DuckDBTypeId.TIME]: () => fixedWidthColumn(new arrow.TimeMicrosecond(), 8),
  [DuckDBTypeId.TIME_NS]: () => fixedWidthColumn(new arrow.TimeNanosecond(), 8),
  [DuckDBTypeId.TIME_TZ]: timeWithTimeZoneColumn,
  [DuckDBTypeId.TIMESTAMP_S]: () => fixedWidthColumn(new arrow.TimestampSecond(), 8),
  [DuckDBTypeId.TIMESTAMP_MS]: () => fixedWidthColumn(new arrow.TimestampMillisecond(), 8),
  [DuckDBTypeId.TIMESTAMP]: () => fixedWidthColumn(new arrow.TimestampMicrosecond(), 8),
  [DuckDBTypeId.TIMESTAMP_NS]: () => fixedWidthColumn(new arrow.TimestampNanosecond(), 8),
  [DuckDBTypeId.TIMESTAMP_TZ]: () => fixedWidthColumn(new arrow.TimestampMicrosecond('UTC'), 8),
  [DuckDBTypeId.INTERVAL]: (_type, context) => intervalColumn(context),
  [DuckDBTypeId.VARCHAR]: (type, context) => binaryColumn(new arrow.Utf8(), context, textMetadata(type)),
  [DuckDBTypeId.BLOB]: (_type, context) => binaryColumn(new arrow.Binary(), context),
  [DuckDBTypeId.GEOMETRY]: (type, context) => binaryColumn(new arrow.Binary(), context, geometryMetadata(type)),
  [DuckDBTypeId.BIT]: (_type, context) => formattedTextColumn(context, formatBit),
  [DuckDBTypeId.UUID]: (_type, context) => formattedTextColumn(context, formatUuid),
  [DuckDBTypeId.ENUM]: enumColumn,
  [DuckDBTypeId.LIST]: listColumn,
  [DuckDBTypeId.ARRAY]: fixedSizeListColumn,
  [DuckDBTypeId.STRUCT]: structColumn,
  [DuckDBTypeId.MAP]: mapColumn,
  [DuckDBTypeId.UNION]: unionColumn,
  [DuckDBTypeId.VARIANT]: (_type, context) => variantColumn(context),
  [DuckDBTypeId.SQLNULL]: nullColumn,
};

/**
 * The builder of a column, with the builders of all nested types.
 *
 * @param column name of the result column, for errors
 * @throws ArrowConversionError if the type or a nested type is unknown
 */
export function columnBuilder(type: DuckDBType, column: string): ColumnBuilder {
  const context: ColumnContext = { column, inner };
  function inner(innerType: DuckDBType): ColumnBuilder {
    const create = creators[innerType.typeId] as CreateBuilder<DuckDBType> | undefined;
    if (create) return create(innerType, context);
    const place = innerType === type ? '' : ` inside ${type}`;
    throw new ArrowConversionError(
      'unsupported-type',
      column,
      `has the type ${innerType}${place}, which cannot be converted to Arrow; cast it to another type, for example VARCHAR`,
    );
  }
  return inner(type);
}

/** JSON is an alias of VARCHAR; Arrow has an extension type for it. */
function textMetadata({ alias }: DuckDBVarCharType): Map<string, string> | undefined {
  return alias === 'JSON' ? extension('arrow.json', '') : undefined;
}

/** GEOMETRY is well-known binary; the metadata has its coordinate reference system in the format of GeoArrow. */
function geometryMetadata({ crs }: DuckDBGeometryType): Map<string, string> {
  return extension('geoarrow.wkb', JSON.stringify(crs === undefined ? {} : { crs }));
}

function extension(name: string, metadata: string): Map<string, string> {
  return new Map([
    ['ARROW:extension:name', name],
    ['ARROW:extension:metadata', metadata],
  ]);
}
