import { createHash } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';
import { comparePaths } from '../../src/path/object-path.ts';
import { LoopbackServer, type Request, type Response } from './loopback-server.ts';

interface StoredObject {
  readonly body: Buffer;
  readonly generation: number;
  readonly updated: Date;
  /** Fields that the writer gave. */
  readonly fields: Readonly<Record<string, unknown>>;
}

class GsFailure extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

const mostJoined = 32;
/** Bytes that one rewrite copies before it wants to be asked again. */
const rewriteStep = 256 * 1024;

/** One bucket as the JSON API of Google Cloud Storage shows it: generations, preconditions, rewrites in steps, joins. */
export class GsServer extends LoopbackServer {
  readonly bucket: string = 'loopback';
  readonly objects: Map<string, StoredObject> = new Map();
  #generation = Date.now() * 1000;

  constructor() {
    super((request) => this.#answer(request));
  }

  #answer(request: Request): Response {
    try {
      const segments = (request.target.split('?', 1)[0] ?? '').split('/').slice(1).map(decodeURIComponent);
      const isUpload = segments[0] === 'upload';
      const isDownload = segments[0] === 'download';
      const [, , , bucket, o, name, verb, , targetBucket, , target] =
        isUpload || isDownload ? segments.slice(1) : segments;
      return this.#route(request, { bucket, o, name, verb, targetBucket, target, isUpload });
    } catch (error) {
      if (!(error instanceof GsFailure)) throw error;
      const { status, reason } = error;
      const shown = { error: { code: status, message: reason, errors: [{ reason, message: reason }] } };
      return status === 304 ? { status } : json(shown, status);
    }
  }

  #route(
    request: Request,
    to: {
      readonly bucket: string | undefined;
      readonly o: string | undefined;
      readonly name: string | undefined;
      readonly verb: string | undefined;
      readonly targetBucket: string | undefined;
      readonly target: string | undefined;
      readonly isUpload: boolean;
    },
  ): Response {
    const { method, url } = request;
    if (to.bucket !== this.bucket || to.o !== 'o') throw new GsFailure(404, 'notFound');
    if (to.isUpload && method === 'POST') return this.#upload(request);
    if (to.name === undefined && method === 'GET') return this.#list(url.searchParams);
    if (to.name === undefined) throw new GsFailure(501, 'notImplemented');
    if (to.verb === 'compose' && method === 'POST') return this.#compose(request, to.name);
    if (to.verb === 'rewriteTo' && method === 'POST')
      return this.#rewrite(request, to.name, to.targetBucket, to.target);
    const generation = url.searchParams.get('generation');
    const object = this.#object(to.name, generation);
    if (method === 'GET' && url.searchParams.get('alt') === 'media') return media(request, object);
    if (method === 'GET') return json(this.#resource(to.name, object));
    if (method !== 'DELETE') throw new GsFailure(501, 'notImplemented');
    this.#checkWrite(to.name, url.searchParams);
    this.objects.delete(to.name);
    return { status: 204 };
  }

  #upload(request: Request): Response {
    if (request.url.searchParams.get('uploadType') !== 'multipart') throw new GsFailure(501, 'notImplemented');
    const [, boundary = ''] = /boundary="?([^";]+)/.exec(request.headers['content-type'] ?? '') ?? [];
    const text = request.body.toString('latin1');
    const [first = 0, second = 0, last = 0] = [...text.matchAll(new RegExp(`--${boundary}`, 'g'))].map(
      ({ index }) => index,
    );
    const fields = JSON.parse(request.body.subarray(bodyStart(text, first), second).toString()) as Record<
      string,
      unknown
    >;
    const start = bodyStart(text, second);
    const type = /content-type: ([^\r\n]+)/i.exec(text.slice(second, start))?.[1];
    const name = String(fields.name ?? request.url.searchParams.get('name'));
    const body = Buffer.from(request.body.subarray(start, last - 2));
    return json(this.#write(name, request.url.searchParams, body, { contentType: type, ...fields }));
  }

  #compose(request: Request, name: string): Response {
    const { sourceObjects, destination = {} } = JSON.parse(request.body.toString()) as {
      sourceObjects: { name: string }[];
      destination?: Record<string, unknown>;
    };
    if (sourceObjects.length > mostJoined) throw new GsFailure(400, 'invalid');
    const body = Buffer.concat(sourceObjects.map((source) => this.#object(source.name).body));
    return json(this.#write(name, request.url.searchParams, body, destination));
  }

  #rewrite(request: Request, from: string, bucket: string | undefined, to = ''): Response {
    if (bucket !== this.bucket) throw new GsFailure(404, 'notFound');
    const { body, fields } = this.#object(from);
    const query = request.url.searchParams;
    this.#checkWrite(to, query);
    const done = Number(query.get('rewriteToken') ?? 0) + rewriteStep;
    if (done < body.length) {
      return json({
        done: false,
        rewriteToken: String(done),
        totalBytesRewritten: String(done),
        objectSize: String(body.length),
      });
    }
    return json({ done: true, resource: this.#write(to, query, body, fields) });
  }

  #write(name: string, query: URLSearchParams, body: Buffer, fields: Record<string, unknown>): unknown {
    if (Buffer.byteLength(name) > 1024 || /[\r\n]/.test(name)) throw new GsFailure(400, 'invalid');
    this.#checkWrite(name, query);
    this.#generation += 1;
    const object = { body, generation: this.#generation, updated: new Date(), fields };
    this.objects.set(name, object);
    return this.#resource(name, object);
  }

  #checkWrite(name: string, query: URLSearchParams): void {
    const wanted = query.get('ifGenerationMatch');
    if (wanted !== null && Number(wanted) !== (this.objects.get(name)?.generation ?? 0)) {
      throw new GsFailure(412, 'conditionNotMet');
    }
  }

  #list(query: URLSearchParams): Response {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter');
    const most = Math.min(Number(query.get('maxResults') ?? 1000), 1000);
    const after = query.get('pageToken');
    const from = query.get('startOffset') ?? '';
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix) && comparePaths(key, from) >= 0)
      .sort(comparePaths);
    const entries = new Map<string, boolean>();
    for (const key of keys) {
      const cut = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = cut === -1 ? key : key.slice(0, cut + 1);
      if (after === null || comparePaths(entry, Buffer.from(after, 'base64url').toString()) > 0)
        entries.set(entry, cut === -1);
    }
    const page = [...entries].slice(0, most);
    return json({
      kind: 'storage#objects',
      items: page.flatMap(([key, isObject]) => (isObject ? [this.#resource(key, this.#object(key))] : [])),
      prefixes: page.flatMap(([key, isObject]) => (isObject ? [] : [key])),
      ...(entries.size > page.length
        ? { nextPageToken: Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url') }
        : {}),
    });
  }

  #object(name: string, generation: string | null = null): StoredObject {
    const object = this.objects.get(name);
    if (object === undefined || (generation !== null && Number(generation) !== object.generation)) {
      throw new GsFailure(404, 'notFound');
    }
    return object;
  }

  #resource(name: string, { body, generation, updated, fields }: StoredObject): Record<string, unknown> {
    return {
      ...fields,
      kind: 'storage#object',
      name,
      bucket: this.bucket,
      generation: String(generation),
      metageneration: '1',
      size: String(body.length),
      updated: updated.toISOString(),
      etag: Buffer.from(String(generation)).toString('base64'),
      md5Hash: createHash('md5').update(body).digest('base64'),
      crc32c: crc32cOf(body),
    };
  }
}

function media({ headers }: Request, { body, generation, updated }: StoredObject): Response {
  const shown = {
    'x-goog-generation': generation,
    'last-modified': updated.toUTCString(),
    'content-type': 'application/octet-stream',
  };
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (first === '') return { status: 200, headers: shown, body };
  const start = Number(first);
  if (start >= body.length) throw new GsFailure(416, 'requestedRangeNotSatisfiable');
  const end = last === '' ? body.length : Math.min(Number(last) + 1, body.length);
  const range = `bytes ${start}-${end - 1}/${body.length}`;
  return { status: 206, headers: { ...shown, 'content-range': range }, body: body.subarray(start, end) };
}

function bodyStart(text: string, part: number): number {
  return text.indexOf('\r\n\r\n', part) + 4;
}

function json(value: unknown, status = 200): Response {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function crc32cOf(body: Buffer): string {
  const checksum = new CRC32C();
  checksum.update(body);
  return checksum.toString();
}
