import { cleanEngineMessage } from './engine-message.ts';
import { createPlaceholders } from './placeholders.ts';
import { redactUrls } from './redact-urls.ts';

const OWN = /^\[planscope\/[a-z-]{1,40}\] /;
const ENGINE_MESSAGE = /[A-Z][A-Za-z]*(?: [A-Za-z]+){0,3} Error: /;
const QUOTED = /"[^"]*"?|'[^']*'?|`[^`]*`?/g;
const PLAIN = /^(["'`])[\p{L}_][\w$./-]{0,127}\1$/u;

/**
 * Cleans a message that Planscope itself wrote: names in quotes and URLs without credentials stay, other quoted values do
 * not, and the message of an engine within it is cleaned as one.
 */
export function cleanOwnMessage(message: string): string | undefined {
  if (!OWN.test(message)) return undefined;
  const engine = ENGINE_MESSAGE.exec(message);
  const own = engine === null ? message : message.slice(0, engine.index);
  const { replace } = createPlaceholders();
  const cleaned = redactUrls(own).replace(QUOTED, (quoted) => (PLAIN.test(quoted) ? quoted : replace(quoted)));
  return engine === null ? cleaned : `${cleaned}${cleanEngineMessage(message.slice(engine.index))?.message ?? 'Error'}`;
}
