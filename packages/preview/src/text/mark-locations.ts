import { redactUrl } from './redact-url.ts';
import { solidBefore, type TokenList } from './token-list.ts';

const STORE_SCHEME = /^(abfss?|adl|az|azure|file|gcs|gs|hdfs|memory|r2|s3|s3a|wasbs?):/i;

/** Lets the URLs of object stores stand without their credentials, unless one is the value of a comparison. */
export function markLocations(tokens: TokenList): TokenList {
  return tokens.map((token, index) => {
    if (token.kind !== 'url' || !STORE_SCHEME.test(token.text)) return token;
    const before = tokens[solidBefore(tokens, index)];
    const isCompared = before?.kind === 'operator' && !/^-+>$/.test(before.text);
    return isCompared ? token : { kind: 'location', text: redactUrl(token.text) };
  });
}
