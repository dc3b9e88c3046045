import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { ObjectCacheError } from './object-cache-error.ts';

/** Where and how much of the objects that were read is kept on this machine. */
export interface ObjectCacheOptions {
  /** Default a folder for this user below the operating system's temporary one. */
  readonly folder?: string;
  /** Most bytes of all objects that are kept, from 0; an object larger than that is kept for its run only. Default 4 GiB. */
  readonly maxBytes?: number;
  /** How long an object that nobody asks for is kept, in milliseconds from 1; default seven days. */
  readonly maxAge?: number;
  /** Bytes that one request asks for, from 64 KiB; default 8 MiB. */
  readonly partSize?: number;
  /** Most requests of one run at a time, from 1 to 64; default 8. */
  readonly concurrency?: number;
}

export type CheckedCacheOptions = Required<ObjectCacheOptions> & {
  /** Whether the folder was named by the program. */
  readonly named: boolean;
};

const KIB = 1024;
const DAY = 24 * 60 * 60 * 1000;

const numbers = {
  maxBytes: { default: 4 * KIB ** 3, from: 0, to: Number.MAX_SAFE_INTEGER, unit: 'bytes' },
  maxAge: { default: 7 * DAY, from: 1, to: Number.MAX_SAFE_INTEGER, unit: 'milliseconds' },
  partSize: { default: 8 * KIB ** 2, from: 64 * KIB, to: Number.MAX_SAFE_INTEGER, unit: 'bytes' },
  concurrency: { default: 8, from: 1, to: 64, unit: 'requests' },
} as const;

type NumberField = keyof typeof numbers;

/** @throws ObjectCacheError `invalid-option` that names the field, its value and what would be right */
export function checkedCacheOptions(options: ObjectCacheOptions): CheckedCacheOptions {
  refuseUnknown(options);
  const { folder } = options;
  if (folder !== undefined && (typeof folder !== 'string' || folder === '')) {
    throw invalid('folder', folder, 'it must be the path of a folder');
  }
  return {
    folder: folder === undefined ? defaultFolder() : resolve(folder),
    named: folder !== undefined,
    maxBytes: checked('maxBytes', options),
    maxAge: checked('maxAge', options),
    partSize: checked('partSize', options),
    concurrency: checked('concurrency', options),
  };
}

function checked(field: NumberField, options: ObjectCacheOptions): number {
  const { default: standard, from, to, unit } = numbers[field];
  const value = options[field] ?? standard;
  if (Number.isSafeInteger(value) && value >= from && value <= to) return value;
  const upTo = to === Number.MAX_SAFE_INTEGER ? 'up' : `to ${to}`;
  throw invalid(field, value, `it must be a whole number of ${unit} from ${from} ${upTo}`);
}

function refuseUnknown(options: ObjectCacheOptions): void {
  if (typeof options !== 'object' || options === null) {
    const text = `the options of the object cache are ${JSON.stringify(options)}; they must be an object`;
    throw new ObjectCacheError('invalid-option', text);
  }
  const known = ['folder', ...Object.keys(numbers)];
  const unknown = Object.keys(options).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  throw new ObjectCacheError(
    'invalid-option',
    `option "${unknown}" of the object cache is unknown; use ${known.join(', ')}`,
  );
}

function invalid(field: string, value: unknown, right: string): ObjectCacheError {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return new ObjectCacheError('invalid-option', `option "${field}" of the object cache is ${shown}; ${right}`);
}

function defaultFolder(): string {
  // A user of a container often has a number and no name.
  return join(tmpdir(), `planscope-cache-${process.getuid?.() ?? userInfo().username}`);
}
