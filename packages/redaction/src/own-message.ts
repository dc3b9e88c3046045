import { cleanEngineMessage, type MessageOptions } from './engine-message.ts';
import { createPlaceholders } from './placeholders.ts';
import { cleanUrls, headWithUrls } from './redact-urls.ts';
import { cutText, truncateText } from './truncate-text.ts';

const OWN = /^\[planscope\/[a-z-]{1,40}\] /;
// No class has a longer word; without a bound, a long run of letters would be read again from each of them.
const ENGINE_MESSAGE = /[A-Z][A-Za-z]{0,31}(?: [A-Za-z]{1,31}){0,3} Error: /;
const QUOTED = /"[^"]*"?|'[^']*'?|`[^`]*`?/g;
const PLAIN = /^(["'`])[\p{L}_][\w$./-]{0,127}\1$/u;

/**
 * Cleans a message that Planscope itself wrote: names in quotes and URLs without credentials stay, other quoted values do
 * not, and the message of an engine within it is cleaned as one.
 */
export function cleanOwnMessage(message: string, options: MessageOptions): string | undefined {
  const { maxBytes } = options;
  if (!OWN.test(message)) return undefined;
  const head = headWithUrls(message, maxBytes);
  const engine = ENGINE_MESSAGE.exec(head);
  const isCut = engine === null && head.length < message.length;
  const { replace } = createPlaceholders();
  const own = cleanUrls(head.slice(0, engine?.index), isCut).replace(QUOTED, (quoted) =>
    PLAIN.test(quoted) ? quoted : replace(quoted),
  );
  if (isCut) return cutText(own, maxBytes, message);
  const rest = engine === null ? '' : (cleanEngineMessage(message.slice(engine.index), options)?.message ?? 'Error');
  return truncateText(own + rest, maxBytes, message);
}
