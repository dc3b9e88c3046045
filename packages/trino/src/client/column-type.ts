/** A SQL type of a column, with the types in it. */
export interface ColumnType {
  /** Its name without parameters, for example `decimal` or `timestamp with time zone`. */
  readonly name: string;
  /** Numbers in parentheses: precision and scale of a decimal, the length of a text, the precision of an instant. */
  readonly numbers: readonly number[];
  /** One for the elements of an array, two for keys and values of a map, one for each field of a row. */
  readonly fields: readonly { readonly name: string; readonly type: ColumnType }[];
}

/** A column of a result. */
export interface TrinoColumn {
  readonly name: string;
  /** Its SQL type as Trino writes it, for example `decimal(12,2)`. */
  readonly type: string;
}

/** A column as Trino describes it. */
export interface ColumnDescription extends TrinoColumn {
  readonly typeSignature?: TypeSignature;
}

interface TypeSignature {
  readonly rawType: string;
  readonly arguments?: readonly { readonly kind: string; readonly value: unknown }[];
}

interface NamedType {
  readonly fieldName?: { readonly name: string };
  readonly typeSignature: TypeSignature;
}

/** The type of a column. */
export function columnType({ type, typeSignature }: ColumnDescription): ColumnType {
  return typeSignature === undefined ? { name: type, numbers: [], fields: [] } : typeOf(typeSignature);
}

function typeOf({ rawType, arguments: parameters = [] }: TypeSignature): ColumnType {
  const numbers: number[] = [];
  const fields: { name: string; type: ColumnType }[] = [];
  for (const { kind, value } of parameters) {
    if (kind === 'LONG') numbers.push(Number(value));
    if (kind === 'TYPE') fields.push({ name: `field${fields.length}`, type: typeOf(value as TypeSignature) });
    if (kind === 'NAMED_TYPE') {
      const { fieldName, typeSignature } = value as NamedType;
      fields.push({ name: fieldName?.name ?? `field${fields.length}`, type: typeOf(typeSignature) });
    }
  }
  return { name: rawType, numbers, fields };
}
