import { PlanError, type PlanErrorCode } from '../plan-error.ts';
import { isRecord, oneOf, type Reader } from './field-readers.ts';
import { InvalidField } from './invalid-field.ts';

/** A kind of document, for errors. */
export interface DocumentKind {
  /** In words, for example `engine report`. */
  readonly name: string;
  readonly code: PlanErrorCode;
  /** The versions that can be read; default 1 alone. */
  readonly versions?: readonly number[];
}

/**
 * Reads a document of a version that is known.
 *
 * @param json the document as JSON text, or as the value of such text
 * @throws PlanError with the code of the kind, naming the field, its value and what would be right
 */
export function readDocument<T>(json: unknown, { name, code, versions = [1] }: DocumentKind, read: Reader<T>): T {
  const value = typeof json === 'string' ? parse(json, { name, code }) : json;
  if (!isRecord(value)) throw new PlanError(code, `${name}: should be an object`);
  try {
    // A document of another version may differ in anything else.
    oneOf(versions)(value.version, 'version');
    return read(value, '');
  } catch (error) {
    throw error instanceof InvalidField ? new PlanError(code, `${name}: ${error.message}`) : error;
  }
}

function parse(text: string, { name, code }: DocumentKind): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlanError(code, `${name}: is no JSON text`, { cause });
  }
}
