import { DUCKDB_ERROR_CLASSES, DUCKDB_ERROR_TEMPLATES } from './duckdb-error-templates.ts';
import { matchTemplate } from './error-template.ts';
import { createPlaceholders } from './placeholders.ts';
import { headLookedAt } from './read-text.ts';

/** An engine's message without values. */
export interface EngineMessage {
  /** The class of the error as one word: `ConversionError`. */
  readonly type: string;
  readonly message: string;
}

const HEAD = /^([A-Z][A-Za-z]*(?: [A-Za-z]+){0,3}) Error: /;

// Words in which one error of the engine reports another.
const WRAPPINGS = ['Failed to cast value: ', 'Failed to commit: '];

/**
 * Cleans a message that starts with the class of a DuckDB error; undefined when it is none.
 * @param maxBytes Bytes that are wanted of it, about; 0 for all.
 */
export function cleanEngineMessage(message: string, maxBytes = 0): EngineMessage | undefined {
  const [head = '', name = ''] = HEAD.exec(message.slice(0, 80)) ?? [];
  if (!DUCKDB_ERROR_CLASSES.has(name)) return undefined;
  const wrapping = WRAPPINGS.find((text) => message.startsWith(text, head.length)) ?? '';
  const body = headLookedAt(message.slice(head.length + wrapping.length), maxBytes);
  const cleaned = cleanBody(body, maxBytes);
  return {
    type: `${name.replaceAll(' ', '')}Error`,
    message: cleaned === undefined ? `${name} Error` : `${name} Error: ${wrapping}${cleaned}`,
  };
}

function cleanBody(body: string, maxBytes: number): string | undefined {
  for (const template of DUCKDB_ERROR_TEMPLATES) {
    const cleaned = matchTemplate(template, body, {
      replace: createPlaceholders().replace,
      maxBytes,
      message: body,
    });
    if (cleaned !== undefined) return cleaned.trimEnd().replace(/[:(]$/, '').trimEnd();
  }
  return undefined;
}
