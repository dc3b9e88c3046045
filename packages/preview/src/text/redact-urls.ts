import { redactUrl } from './redact-url.ts';

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>]+/gi;

// Punctuation of the sentence around a URL.
const TRAILING = /(?<![.,;:!?)\]}])[.,;:!?)\]}]+$/;

/**
 * Takes the credentials out of every URL in a text and leaves the rest as it is.
 * @param text Any text, such as a warning or a log line.
 */
export function redactUrls(text: string): string {
  return text.replace(URL_IN_TEXT, (url) => {
    const end = TRAILING.exec(url)?.index ?? url.length;
    return redactUrl(url.slice(0, end)) + url.slice(end);
  });
}
