import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { File } from '@google-cloud/storage';
import type { RequestWatch } from '../cloud/watch-requests.ts';
import type { ByteRange } from '../range/get-range.ts';

/**
 * Opens bytes of an object, and waits for the response to begin, so that its failure is that of the call.
 *
 * When a body is left early, the SDK ends every connection of its own agent, those of other calls with it. So the read
 * goes by the agent of the process, and its one connection is ended here.
 */
export async function openRange(file: File, range: ByteRange, watch: RequestWatch): Promise<Readable> {
  file.interceptors.push({ request: (options) => ({ ...options, forever: false }) as Decorated });
  const stream = file.createReadStream({
    start: range.start,
    end: range.end - 1,
    validation: false,
    decompress: false,
  });
  stream.once('close', () => {
    if (watch.response?.readableEnded === false) watch.response.destroy();
  });
  const failed = once(stream, 'end');
  failed.catch(() => undefined);
  const responded = once(stream, 'response');
  stream.read(0);
  try {
    const [response] = (await responded) as [{ readonly statusCode: number }];
    if (response.statusCode >= 400) await failed;
    endWithConnection(stream, watch);
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** The SDK does not notice a connection that breaks off in the middle of a body, and would wait for ever. */
function endWithConnection(stream: Readable, { response }: RequestWatch): void {
  const check = (): void => {
    if (response?.complete === false) stream.destroy(new Error('the connection was closed'));
  };
  if (response?.destroyed) check();
  else response?.once('close', check);
}

type Decorated = ReturnType<NonNullable<File['interceptors'][number]['request']>>;
