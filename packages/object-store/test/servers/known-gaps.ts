/** A server that the tests run against; the first two are ours. */
export type TestedServer = 'loopback S3' | 'loopback Google Cloud Storage' | 'Azurite' | 'MinIO' | 'fake-gcs-server';

/**
 * Where the servers that the tests run against fall short of the services they stand for: check of the suite, and reason.
 * A check that is named here runs all the same, and fails once the server does what it should.
 */
export const knownGaps: Readonly<Record<TestedServer, Readonly<Record<string, string>>>> = {
  'loopback S3': {},
  'loopback Google Cloud Storage': {},
  Azurite: {},
  MinIO: {},
  'fake-gcs-server': {
    copy_if_not_exists: 'ignores ifGenerationMatch on a rewrite',
    multipart_with_opts: 'ignores ifGenerationMatch on a compose',
  },
};
