import { DiagLogLevel, diag } from '@opentelemetry/api';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrinoAuthentication } from '../../src/index.ts';
import { traceTrino, trinoSchema } from '../../src/index.ts';
import { trusting } from '../private-authority.ts';
import { forgedTokenFor, PASSWORDS, tokenFor } from './credentials.ts';
import type { TestCluster } from './test-cluster.ts';

const password = PASSWORDS.ada ?? '';
const CURRENT_USER = 'SELECT current_user AS who';

/** HTTPS, passwords and JSON Web Tokens, as the server checks them. */
export function testAuthentication(cluster: TestCluster): void {
  describe('credentials over TLS', () => {
    const recorder = createSpanRecorder();
    /** Everything that came out beside the result of a query. */
    let told: string[];

    beforeEach(() => {
      told = [];
      const note = (...parts: unknown[]): void => void told.push(parts.map(String).join(' '));
      diag.setLogger({ error: note, warn: note, info: note, debug: note, verbose: note }, DiagLogLevel.ALL);
    });
    afterEach(() => {
      diag.disable();
      expect(recorder.openSpans()).toBe(0);
      recorder.clear();
    });

    const clientOf = (auth?: TrinoAuthentication, user?: string, send = trusting(cluster.authority)) =>
      traceTrino({
        server: cluster.trino.secureServer,
        ...(auth === undefined ? {} : { auth }),
        ...(user === undefined ? {} : { user }),
        fetch: send,
        tracerProvider: recorder.tracerProvider,
        warn: ({ code, message }) => told.push(`${code} ${message}`),
      });

    /** Spans, logs, warnings and errors have no secret, nor what it is encoded as. */
    const expectHidden = (secrets: readonly string[], error?: unknown): void => {
      const errors = [];
      for (let at = error; at !== undefined; at = (at as Error).cause) errors.push(String(at), (at as Error).stack);
      const spans = recorder
        .spans()
        .map(({ name, attributes, events, status }) => JSON.stringify({ name, attributes, events, status }));
      const all = [...told, ...errors, JSON.stringify(error), ...spans].join('\n');
      for (const secret of secrets) {
        for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]) {
          expect(all).not.toContain(form);
        }
      }
    };

    it.each<[string, () => TrinoAuthentication, string[]]>([
      ['a password', () => ({ username: 'ada', password }), [password, `ada:${password}`]],
      ['a token', () => ({ token: tokenFor('ada') }), []],
    ])('%s is accepted for the query and its report', async (_, make, secrets) => {
      const auth = make();
      const client = clientOf(auth);
      const { rows, queryId } = await client.run(CURRENT_USER);
      expect(rows).toEqual([['ada']]);
      await client.flush();
      expect(recorder.spans().map(({ name }) => name)).toContain('Output');
      assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, trinoSchema] });
      // Both have the clock of this machine.
      for (const { attributes } of recorder.spans()) expect(attributes).not.toHaveProperty(['trino.clock.offset']);
      expect((await client.traceQuery(queryId)).status).toBe('ok');
      expect(told.filter((text) => text.includes('recorder-failed'))).toEqual([]);
      expectHidden('token' in auth ? [String(auth.token)] : secrets);
    });

    it.each<[string, () => TrinoAuthentication | undefined, string | undefined, string[]]>([
      ['a wrong password', () => ({ username: 'ada', password: 'Kennwort-9b1c' }), undefined, ['Kennwort-9b1c']],
      ['an unknown user', () => ({ username: 'eve', password }), undefined, [password]],
      ['a token of someone else', () => ({ token: forgedTokenFor('ada') }), undefined, []],
      ['a token that has expired', () => ({ token: tokenFor('ada', -300) }), undefined, []],
      ['no credentials', () => undefined, 'ada', []],
    ])('%s: the error "unauthorized"', async (_, make, user, secrets) => {
      const auth = make();
      const client = clientOf(auth, user);
      const error = await client.run(CURRENT_USER).catch((thrown: unknown) => thrown);
      await client.flush();
      expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('refuses the user') });
      const [span, ...others] = recorder.spans();
      expect(others).toEqual([]);
      expect(span?.attributes).toMatchObject({ 'error.type': 'TrinoClientError', 'planscope.run.status': 'error' });
      expectHidden([...secrets, ...(auth !== undefined && 'token' in auth ? [String(auth.token)] : [])], error);
    });

    it('of one user are not enough to be another', async () => {
      const token = tokenFor('ada');
      const client = clientOf({ token }, 'eve');
      const error = await client.run(CURRENT_USER).catch((thrown: unknown) => thrown);
      await client.flush();
      expect(error).toMatchObject({ errorName: 'PERMISSION_DENIED' });
      expectHidden([token], error);
    });

    it('are not sent to a server whose certificate is not trusted', async () => {
      const auth = { username: 'ada', password };
      const client = clientOf(auth, undefined, fetch);
      const error = await client.run(CURRENT_USER).catch((thrown: unknown) => thrown);
      await client.flush();
      expect(error).toMatchObject({
        code: 'unreachable',
        message: expect.stringMatching(/the authority of its certificate is not trusted; set NODE_EXTRA_CA_CERTS/),
      });
      expect(recorder.spans()).toHaveLength(1);
      expectHidden([password, `ada:${password}`], error);
    });

    it('are not accepted without TLS', async () => {
      // The server takes the user of a request over HTTP as it is, and no credentials.
      const client = traceTrino({ server: cluster.trino.server, auth: { username: 'ada', password } });
      const error = await client.run(CURRENT_USER).catch((thrown: unknown) => thrown);
      expectHidden([password, `ada:${password}`], error);
      expect(error).toMatchObject({ code: 'unauthorized' });
    });
  });
}
