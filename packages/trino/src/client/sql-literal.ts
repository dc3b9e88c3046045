import { TrinoClientError } from './trino-client-error.ts';

const marker: unique symbol = Symbol.for('planscope.trino.typed-value');

/** A value with its SQL type. */
export interface TypedValue {
  readonly [marker]: true;
  readonly type: string;
  readonly text: string | null;
}

const TYPE = /^[a-z][a-z0-9_]*( [a-z]+)*( ?\([\w\s,()]*\))?( with(out)? time zone)?$/i;

/**
 * A parameter of a type that JavaScript has no value for.
 *
 * @param type SQL type, for example `decimal(12, 2)`, `date` or `array(bigint)`
 * @param text the value as Trino casts it from text; null for a NULL of this type
 * @throws TrinoClientError `invalid-parameter` if the type is not the name of a type
 */
export function typedValue(type: string, text: string | null): TypedValue {
  if (!TYPE.test(type)) {
    throw new TrinoClientError('invalid-parameter', `"${type}" is no SQL type; use for example "decimal(12, 2)"`);
  }
  return { [marker]: true, type, text };
}

/**
 * Writes a parameter as a SQL literal of its type: whole numbers as INTEGER or BIGINT, other numbers as DOUBLE, texts as
 * VARCHAR, dates as TIMESTAMP WITH TIME ZONE, bytes as VARBINARY, arrays as ARRAY.
 *
 * @param place names the parameter in an error
 * @throws TrinoClientError `invalid-parameter`
 */
export function sqlLiteral(value: unknown, place: string): string {
  if (value === null || value === undefined) return 'NULL';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'string':
      return quoted(value);
    case 'bigint':
      return bigintLiteral(value, place);
    case 'number':
      return numberLiteral(value);
    case 'object':
      return objectLiteral(value, place);
    default:
      throw unknownValue(value, place);
  }
}

/** A text as a SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function objectLiteral(value: object, place: string): string {
  if (isTyped(value)) return `CAST(${value.text === null ? 'NULL' : quoted(value.text)} AS ${value.type})`;
  if (Array.isArray(value)) {
    return `ARRAY[${value.map((element, index) => sqlLiteral(element, `${place}[${index}]`)).join(', ')}]`;
  }
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new TrinoClientError('invalid-parameter', `${place}: is an invalid date`);
    return `TIMESTAMP '${value.toISOString().replace('T', ' ').replace('Z', ' UTC')}'`;
  }
  throw unknownValue(value, place);
}

function isTyped(value: object): value is TypedValue {
  return marker in value;
}

const MAX_BIGINT = 2n ** 63n - 1n;

function bigintLiteral(value: bigint, place: string): string {
  if (value > MAX_BIGINT || value < -MAX_BIGINT - 1n) {
    throw new TrinoClientError(
      'invalid-parameter',
      `${place}: does not fit into a BIGINT; use typedValue('decimal(38, 0)', text)`,
    );
  }
  return `BIGINT '${value}'`;
}

function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return 'nan()';
  if (!Number.isFinite(value)) return value > 0 ? 'infinity()' : '-infinity()';
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    return Math.abs(value) < 2 ** 31 ? `INTEGER '${value}'` : `BIGINT '${value}'`;
  }
  return `DOUBLE '${Object.is(value, -0) ? '-0' : value}'`;
}

function unknownValue(value: unknown, place: string): TrinoClientError {
  const kind = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : typeof value;
  return new TrinoClientError(
    'invalid-parameter',
    `${place}: a value of kind ${kind} has no SQL literal; use typedValue(type, text)`,
  );
}
