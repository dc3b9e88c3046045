/** Limits of an instance, in bytes; absent where there is none, or where DuckDB does not tell it as a size. */
export interface MemoryLimits {
  readonly memory?: number;
  readonly temporaryStorage?: number;
}

/** Expressions for the limits, as {@link memoryLimits} takes them. */
export const LIMITS_SQL = "current_setting('memory_limit'), current_setting('max_temp_directory_size')";

/** The limits from the values of {@link LIMITS_SQL}. */
export function memoryLimits(memoryText: unknown, storageText: unknown): MemoryLimits {
  const memory = bytesOf(String(memoryText));
  const temporaryStorage = bytesOf(String(storageText));
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(temporaryStorage === undefined ? {} : { temporaryStorage }),
  };
}

const SIZE = /^(\d+(?:\.\d+)?) (bytes?|[KMGTP]iB)$/;
const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
/** DuckDB writes the largest number that it has for no limit. */
const NO_LIMIT = 2 ** 60;

/** @returns undefined for a text that is not a size, as `90% of available disk space`, and where there is no limit */
export function bytesOf(text: string): number | undefined {
  const [, amount, unit = ''] = SIZE.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const bytes = Math.round(Number(amount) * 1024 ** (UNITS.indexOf(unit) + 1));
  return bytes >= NO_LIMIT ? undefined : bytes;
}
