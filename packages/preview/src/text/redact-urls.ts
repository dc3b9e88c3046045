import { redactUrl } from './redact-url.ts';

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>]+/gi;

/**
 * Takes the credentials out of every URL in a text and leaves the rest as it is.
 * @param text Any text, such as a warning or a log line.
 */
export function redactUrls(text: string): string {
  return text.replace(URL_IN_TEXT, redactUrl);
}
