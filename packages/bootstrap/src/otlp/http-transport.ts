import http from 'node:http';
import https from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { abortFailure, connectionFailure, timeoutFailure } from './connection-problem.ts';
import { cutAnswer, readBody, readHttpAnswer } from './http-answer.ts';
import type { OtlpAnswer, OtlpEncoding, OtlpTransport } from './otlp-transport.ts';

/** Where and how OTLP/HTTP requests are sent. */
export interface HttpTransportOptions {
  readonly url: URL;
  readonly encoding: OtlpEncoding;
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'none' | 'gzip';
  /** Certificates of the receiver's authority and of the client. */
  readonly tls: SecureContextOptions;
}

/** A transport over HTTP/1.1 that keeps one connection open, and never the process alive. */
export function createHttpTransport(options: HttpTransportOptions): OtlpTransport {
  const { url, encoding, tls } = options;
  const headers = {
    ...options.headers,
    'content-type': encoding.contentType,
    ...(options.compression === 'gzip' && { 'content-encoding': 'gzip' }),
  };
  const secure = url.protocol === 'https:';
  const agent = secure
    ? new https.Agent({ keepAlive: true, maxSockets: 1, ...tls })
    : new http.Agent({ keepAlive: true, maxSockets: 1 });
  const request = secure ? https.request : http.request;

  return {
    destination: `${url.origin}${url.pathname}`,
    close: () => agent.destroy(),
    send: (body, { timeoutMillis, signal, onSending }) =>
      new Promise<OtlpAnswer>((resolve) => {
        let sent = false;
        const post = request(url, {
          method: 'POST',
          agent,
          headers: { ...headers, 'content-length': body.length },
        });
        const connected = (): void => {
          sent = true;
          onSending();
        };
        const settle = (answer: OtlpAnswer): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          resolve(answer);
        };
        const giveUp = (answer: OtlpAnswer): void => {
          settle(answer);
          post.destroy();
        };
        const abort = (): void => giveUp(abortFailure(sent));
        const timer = setTimeout(() => giveUp(timeoutFailure(timeoutMillis, sent)), timeoutMillis).unref();
        signal.addEventListener('abort', abort);

        post.on('error', (error) => settle(connectionFailure(error, sent)));
        post.on('socket', (socket) => {
          socket.unref();
          if (post.reusedSocket) connected();
          else socket.once(secure ? 'secureConnect' : 'connect', connected);
        });
        post.on('response', (response) => {
          const status = response.statusCode ?? 0;
          readBody(response).then(
            (answer) =>
              settle(readHttpAnswer({ status, headers: response.headers, body: answer }, encoding, Date.now())),
            (error: Error) => settle(cutAnswer(status, error)),
          );
        });
        post.end(body);
      }),
  };
}
