import { cleanUrl, type RedactUrlOptions } from './redact-url.ts';
import { cutText, headOf, truncateText } from './truncate-text.ts';

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>]+/gi;

// Punctuation of the sentence around a URL.
const TRAILING = /(?<![.,;:!?)\]}])[.,;:!?)\]}]+$/;

/** Characters of a text that are looked at under a limit, at least, and how many times the limit. */
const LOOKED_AT = 16_384;
const TIMES_LIMIT = 2;

/**
 * Takes the credentials out of every URL in a text and leaves the rest as it is.
 * @param text Any text, such as a warning or a log line.
 * @param options How much is kept.
 */
export function redactUrls(text: string, { maxBytes = 0 }: RedactUrlOptions = {}): string {
  const head = headWithUrls(text, maxBytes);
  const isCut = head.length < text.length;
  const cleaned = cleanUrls(head, isCut);
  return isCut ? cutText(cleaned, maxBytes, text) : truncateText(cleaned, maxBytes, text);
}

/** The part of a text with URLs that is looked at under a limit. */
export function headWithUrls(text: string, maxBytes: number): string {
  return maxBytes > 0 ? headOf(text, Math.max(LOOKED_AT, maxBytes * TIMES_LIMIT)) : text;
}

/**
 * Cleans the URLs in a text of which perhaps only the head is there.
 * @param isCut Whether it goes on, perhaps inside of a URL.
 */
export function cleanUrls(text: string, isCut: boolean): string {
  return text.replace(URL_IN_TEXT, (url, start: number) => {
    if (isCut && start + url.length === text.length) return cleanUrl(url, true);
    const end = TRAILING.exec(url)?.index ?? url.length;
    return cleanUrl(url.slice(0, end), false) + url.slice(end);
  });
}
