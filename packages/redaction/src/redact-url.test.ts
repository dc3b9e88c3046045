import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactUrl, redactUrls } from './redact-url.ts';

test.each([
  ['s3://AKIA:secret@bucket/key.parquet', 's3://bucket/key.parquet'],
  ['s3://b/k?X-Amz-Signature=a&versionId=3&X-Amz-Credential=b', 's3://b/k?versionId=3&…'],
  ['https://a.blob.core.windows.net/c/b?sv=1&sig=secret', 'https://a.blob.core.windows.net/c/b?…'],
  ['https://h/x?X%2DAmz-Signature=secret#secret', 'https://h/x?…#…'],
  ['https://user:p/ss@host/path', 'https://…host/path'],
  ['https://user:123?x@host', 'https://…'],
  ['https://user:123#x@host/path?a=1', 'https://…'],
  ['https://h/?secret', 'https://h/?…'],
  ['s3://bucket/user@example.com/x', 's3://bucket/user@example.com/x'],
  ['jdbc:postgresql://u:secret@h:5432/db?password=secret', 'jdbc:postgresql://h:5432/db?…'],
  ['//u:secret@h/x', '//h/x'],
  ['https://[::1]:9000/x', 'https://[::1]:9000/x'],
  ['file:///data/x.csv', 'file:///data/x.csv'],
  ['user:secret@host/x.csv', '…host/x.csv'],
  ['sftp:user:se@cret@host:22/x.csv?key=secret', '…host:22/x.csv?…'],
  ['C:\\data\\a@b.csv', 'C:\\data\\a@b.csv'],
  ['/data/T10:00/a@b.csv', '/data/T10:00/a@b.csv'],
  ['a@b.csv', 'a@b.csv'],
  ['/data/part-?.csv', '/data/part-?.csv'],
  ['/data/x.csv?token=secret', '/data/x.csv?…'],
  ['data:text/csv,secret', 'data:…'],
])('cleans %s', (url, expected) => {
  expect(redactUrl(url)).toBe(expected);
  expect(redactUrl(expected)).toBe(expected);
});

test('cleans every URL in a text and leaves the rest', () => {
  expect(redactUrls('copied "s3://k:s@b/x?sig=1" to https://h/y?token=2, done')).toBe(
    'copied "s3://b/x?…" to https://h/y?…, done',
  );
});

const path = 'x'.repeat(20_000);

test.each([
  [`https://${path}:secret@host/`, 'https://…', 'before the user ends'],
  [`https://user:12/${path}@host/secret`, 'https://…', 'before the last @'],
  [`https://host/y?sig=1&secret=${path}`, 'https://host/y?…', 'inside a parameter'],
  [`https://host/y?version=1&prefix=${path}`, 'https://host/y?version=1&…', 'inside a parameter that stays'],
  [`https://host/y?a=1#${path}`, 'https://host/y?…#…', 'inside the fragment'],
  [`https://host/${path}?sig=secret`, `https://host/${path.slice(0, 300 - 13 - 28)}`, 'inside the path'],
  [`/data/${path}?token=secret`, `/data/${path.slice(0, 300 - 6 - 28)}`, 'inside a path without a scheme'],
  [`/data/x?${path}`, '/data/x?…', 'inside what may be a query'],
])('cuts a long URL safely: %#', (url, expected) => {
  const mark = `… [truncated, ${url.length} bytes]`;
  expect(redactUrl(url, { maxBytes: 300 })).toBe(expected + mark);
  expect(redactUrls(`see ${url}`, { maxBytes: 304 })).not.toContain('secret');
  expect(redactUrl(url)).toBe(redactUrl(url, { maxBytes: 100_000 }));
});

test('looks behind the limit for what stays of a URL', () => {
  const url = `https://host/y?X-Amz-Signature=${'0'.repeat(300)}&versionId=3`;
  expect(redactUrl(url, { maxBytes: 40 })).toBe('https://host/y?versionId=3&…');
  expect(redactUrls(`${url} and ${url}`, { maxBytes: 80 })).toBe(
    'https://host/y?versionId=3&… and https://host/y?versionId=3&…',
  );
});

test('no user, password or unknown parameter is left, whatever its characters', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '1', ':', '%40', '+', '~', '/', '@', '!') });
  fc.assert(
    fc.property(part, part, (before, after) => {
      const secret = `${before}S3CR3T${after}`;
      expect(redactUrl(`s3://u:${secret}@bucket/key?sig=${secret}&prefix=a&${secret}`)).not.toContain('S3CR3T');
    }),
  );
});
