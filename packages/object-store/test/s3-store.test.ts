import { afterAll } from 'vitest';
import { S3Store } from '../src/s3/index.ts';
import { testConformance } from './servers/conformance.ts';
import { S3Server } from './servers/s3-server.ts';
import { accessKeyId, secretAccessKey } from './servers/s3-signature.ts';

const server = new S3Server();
const endpoint = await server.listen();
afterAll(() => server.close());

const credentials = { accessKeyId, secretAccessKey };
const store = new S3Store({ bucket: server.bucket, endpoint, region: 'us-east-1', credentials });
testConformance('loopback S3', () => store, [secretAccessKey]);
