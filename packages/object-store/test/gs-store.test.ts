import { afterAll } from 'vitest';
import { GsStore } from '../src/gs/index.ts';
import { testConformance } from './servers/conformance.ts';
import { GsServer } from './servers/gs-server.ts';

const server = new GsServer();
const apiEndpoint = await server.listen();
afterAll(() => server.close());

const store = new GsStore({ bucket: server.bucket, apiEndpoint, projectId: 'loopback' });
testConformance('loopback Google Cloud Storage', () => store);
