import { createHash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { comparePaths } from '../../src/path/object-path.ts';
import { LoopbackServer, type Request, type Response } from './loopback-server.ts';
import { signatureError } from './s3-signature.ts';

interface StoredObject {
  readonly body: Buffer;
  readonly eTag: string;
  readonly lastModified: Date;
  /** Headers that come back with the object. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: string;
}

interface Upload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: string;
  readonly parts: Map<number, { body: Buffer; eTag: string }>;
}

class S3Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

const smallestPart = 5 * 1024 * 1024;
const keptHeaders = ['content-type', 'content-encoding', 'content-disposition', 'content-language', 'cache-control'];

/** One bucket as S3 keeps it: real signatures, checksums, conditions on reads, writes and completions, sizes of parts. */
export class S3Server extends LoopbackServer {
  readonly bucket = 'loopback';
  readonly objects: Map<string, StoredObject> = new Map();
  readonly uploads: Map<string, Upload> = new Map();

  constructor() {
    super((request) => this.#answer(request));
  }

  #answer(request: Request): Response {
    try {
      const failure = signatureError(request);
      if (failure !== undefined) throw new S3Failure(403, failure);
      const [, bucket = '', ...rest] = (request.target.split('?', 1)[0] ?? '').split('/');
      if (decodeURIComponent(bucket) !== this.bucket) throw new S3Failure(404, 'NoSuchBucket');
      const key = rest.map(decodeURIComponent).join('/');
      if (Buffer.byteLength(key) > 1024) throw new S3Failure(400, 'KeyTooLongError');
      checkPayload(request);
      return key === '' ? this.#onBucket(request) : this.#onKey(request, key);
    } catch (error) {
      if (!(error instanceof S3Failure)) throw error;
      const { status, code } = error;
      const shown =
        status === 304 || request.method === 'HEAD'
          ? ''
          : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
      return { status, headers: { 'content-type': 'application/xml' }, body: shown };
    }
  }

  #onBucket(request: Request): Response {
    const query = request.url.searchParams;
    if (request.method === 'POST' && query.has('delete')) return this.#deleteMany(request);
    if (request.method === 'GET' && query.get('list-type') === '2') return this.#list(query);
    throw new S3Failure(501, 'NotImplemented');
  }

  #onKey(request: Request, key: string): Response {
    const query = request.url.searchParams;
    const uploadId = query.get('uploadId');
    const source = request.headers['x-amz-copy-source'];
    if (request.method === 'POST' && query.has('uploads')) return this.#startUpload(request, key);
    if (uploadId !== null) return this.#onUpload(request, key, uploadId, source);
    if (request.method === 'GET' && query.has('tagging')) return xml(tagging(this.#object(key).tags));
    if (request.method === 'GET' || request.method === 'HEAD') return this.#read(request, this.#object(key));
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204 };
    }
    if (request.method !== 'PUT') throw new S3Failure(501, 'NotImplemented');
    if (source === undefined) {
      return {
        status: 200,
        headers: { etag: this.#write(request, key, request.body, keep(request), tagsOf(request)) },
      };
    }
    const copied = this.#source(source);
    if (decodeURIComponent(source) === `${this.bucket}/${key}`) throw new S3Failure(400, 'InvalidRequest');
    const eTag = this.#write(request, key, copied.body, copied.headers, copied.tags);
    return xml(`<CopyObjectResult><ETag>${eTag}</ETag></CopyObjectResult>`);
  }

  #write(
    request: Request,
    key: string,
    body: Buffer,
    headers: StoredObject['headers'],
    tags: string,
    eTag = md5(body),
  ): string {
    const current = this.objects.get(key);
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    if (ifNoneMatch === '*' && current !== undefined) throw new S3Failure(412, 'PreconditionFailed');
    if (ifMatch !== undefined && current === undefined) throw new S3Failure(404, 'NoSuchKey');
    if (ifMatch !== undefined && ifMatch !== current?.eTag) throw new S3Failure(412, 'PreconditionFailed');
    this.objects.set(key, { body, eTag, lastModified: new Date(), headers, tags });
    return eTag;
  }

  #read(request: Request, { body, eTag, lastModified, headers }: StoredObject): Response {
    checkReadConditions(request, eTag, lastModified);
    const range = parseRange(request.headers.range, body.length);
    const shown = { ...headers, etag: eTag, 'last-modified': lastModified.toUTCString(), 'accept-ranges': 'bytes' };
    if (range === undefined) return { status: 200, headers: { ...shown, 'content-length': body.length }, body };
    const [start, end] = range;
    return {
      status: 206,
      headers: { ...shown, 'content-length': end - start, 'content-range': `bytes ${start}-${end - 1}/${body.length}` },
      body: body.subarray(start, end),
    };
  }

  #startUpload(request: Request, key: string): Response {
    const id = randomUUID();
    this.uploads.set(id, { key, headers: keep(request), tags: tagsOf(request), parts: new Map() });
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  #onUpload(request: Request, key: string, id: string, source: string | undefined): Response {
    const upload = this.uploads.get(id);
    if (upload === undefined || upload.key !== key) throw new S3Failure(404, 'NoSuchUpload');
    if (request.method === 'DELETE') {
      this.uploads.delete(id);
      return { status: 204 };
    }
    if (request.method === 'POST') return this.#complete(request, upload, id);
    const number = Number(request.url.searchParams.get('partNumber'));
    if (!(number >= 1 && number <= 10_000)) throw new S3Failure(400, 'InvalidArgument');
    if (source === undefined) {
      const eTag = md5(request.body);
      upload.parts.set(number, { body: request.body, eTag });
      return { status: 200, headers: { etag: eTag, 'x-amz-checksum-crc32': request.headers['x-amz-checksum-crc32'] } };
    }
    const copied = this.#source(source);
    if ((request.headers['x-amz-copy-source-if-match'] ?? copied.eTag) !== copied.eTag)
      throw new S3Failure(412, 'PreconditionFailed');
    const [start, end] = parseRange(request.headers['x-amz-copy-source-range'], copied.body.length) ?? [
      0,
      copied.body.length,
    ];
    const body = copied.body.subarray(start, end);
    upload.parts.set(number, { body, eTag: md5(body) });
    return xml(`<CopyPartResult><ETag>${md5(body)}</ETag></CopyPartResult>`);
  }

  #complete(request: Request, upload: Upload, id: string): Response {
    const named = [...request.body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
      eTag: unescapeXml(/<ETag>(.*?)<\/ETag>/.exec(part)?.[1] ?? ''),
    }));
    const parts = named.map(({ number, eTag }, index) => {
      const part = upload.parts.get(number);
      if (part === undefined || part.eTag !== eTag) throw new S3Failure(400, 'InvalidPart');
      if (index > 0 && number <= (named[index - 1]?.number ?? 0)) throw new S3Failure(400, 'InvalidPartOrder');
      if (index < named.length - 1 && part.body.length < smallestPart) throw new S3Failure(400, 'EntityTooSmall');
      return part;
    });
    if (parts.length === 0) throw new S3Failure(400, 'MalformedXML');
    const digests = Buffer.concat(parts.map(({ body }) => createHash('md5').update(body).digest()));
    const eTag = md5(digests).replace(/"$/, `-${parts.length}"`);
    const body = Buffer.concat(parts.map((part) => part.body));
    this.#write(request, upload.key, body, upload.headers, upload.tags, eTag);
    this.uploads.delete(id);
    return xml(`<CompleteMultipartUploadResult><ETag>${eTag}</ETag></CompleteMultipartUploadResult>`);
  }

  #deleteMany(request: Request): Response {
    const keys = [...request.body.toString().matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key = '']) => unescapeXml(key));
    if (keys.length > 1000) throw new S3Failure(400, 'MalformedXML');
    for (const key of keys) this.objects.delete(key);
    return xml('<DeleteResult></DeleteResult>');
  }

  #list(query: URLSearchParams): Response {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter');
    const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
    const token = query.get('continuation-token');
    const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort(comparePaths);
    const entries = new Map<string, StoredObject | undefined>();
    for (const key of keys) {
      const cut = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = cut === -1 ? key : key.slice(0, cut + 1);
      if (comparePaths(entry, after) > 0) entries.set(entry, cut === -1 ? this.objects.get(key) : undefined);
    }
    const page = [...entries].slice(0, most);
    const more = entries.size > page.length;
    const shown = (key: string): string =>
      query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%20', '+') : escapeXml(key);
    return xml(
      [
        `<ListBucketResult><IsTruncated>${more}</IsTruncated><EncodingType>url</EncodingType>`,
        more
          ? `<NextContinuationToken>${Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url')}</NextContinuationToken>`
          : '',
        ...page.map(([key, object]) =>
          object === undefined
            ? `<CommonPrefixes><Prefix>${shown(key)}</Prefix></CommonPrefixes>`
            : `<Contents><Key>${shown(key)}</Key><LastModified>${object.lastModified.toISOString()}</LastModified><ETag>${escapeXml(object.eTag)}</ETag><Size>${object.body.length}</Size></Contents>`,
        ),
        '</ListBucketResult>',
      ].join(''),
    );
  }

  #object(key: string): StoredObject {
    const object = this.objects.get(key);
    if (object === undefined) throw new S3Failure(404, 'NoSuchKey');
    return object;
  }

  #source(header: string): StoredObject {
    const [bucket, ...key] = header.replace(/^\//, '').split('/').map(decodeURIComponent);
    if (bucket !== this.bucket) throw new S3Failure(404, 'NoSuchBucket');
    return this.#object(key.join('/'));
  }
}

/** Refuses a body that is not what its checksum says, and one that is still in chunks of the AWS encoding. */
function checkPayload({ headers, body }: Request): void {
  if (headers['content-encoding']?.includes('aws-chunked')) throw new S3Failure(501, 'NotImplemented');
  const checksum = headers['x-amz-checksum-crc32'];
  if (checksum === undefined) return;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  if (bytes.toString('base64') !== checksum) throw new S3Failure(400, 'BadDigest');
}

function checkReadConditions({ headers }: Request, eTag: string, lastModified: Date): void {
  const written = Math.floor(lastModified.getTime() / 1000);
  const seconds = (name: string): number => Date.parse(headers[name] ?? '') / 1000;
  const named = (name: string): boolean =>
    (headers[name] ?? '').split(',').some((tag) => ['*', eTag].includes(tag.trim()));
  if (headers['if-match'] !== undefined) {
    if (!named('if-match')) throw new S3Failure(412, 'PreconditionFailed');
  } else if (written > seconds('if-unmodified-since')) throw new S3Failure(412, 'PreconditionFailed');
  if (headers['if-none-match'] !== undefined) {
    if (named('if-none-match')) throw new S3Failure(304, 'NotModified');
  } else if (written <= seconds('if-modified-since')) throw new S3Failure(304, 'NotModified');
}

function parseRange(header: string | undefined, size: number): [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return [Math.max(0, size - Number(last)), size];
  if (Number(first) >= size) throw new S3Failure(416, 'InvalidRange');
  return [Number(first), last === '' ? size : Math.min(Number(last) + 1, size)];
}

function keep({ headers }: Request): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => keptHeaders.includes(name) || name.startsWith('x-amz-meta-'));
  return Object.fromEntries(kept) as Record<string, string>;
}

function tagsOf({ headers }: Request): string {
  return headers['x-amz-tagging'] ?? '';
}

function tagging(tags: string): string {
  const entries = [...new URLSearchParams(tags)].map(
    ([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  return `<Tagging><TagSet>${entries.join('')}</TagSet></Tagging>`;
}

function xml(body: string): Response {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${body}` };
}

function md5(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}

function unescapeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
