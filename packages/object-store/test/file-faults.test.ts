import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { LoggedFailure } from './faults/failure-log.ts';
import { inOwnProcess, onOwnFileSystem, whyNoMounts } from './faults/run-sheltered.ts';

interface Log {
  readonly failures: readonly LoggedFailure[];
  readonly openSpans: number;
}

const root = await mkdtemp(join(tmpdir(), 'planscope-file-faults-'));
afterAll(() => rm(root, { recursive: true, force: true }));

const noMounts = whyNoMounts();
if (noMounts !== undefined) console.log(`left out: full and read-only disks, as nothing can be mounted: ${noMounts}`);

function shown({ failures }: Log): string {
  return failures
    .map(({ files, ...rest }) => [...Object.values(rest), [...files].sort().join(' + ')].join(' · '))
    .join('\n');
}

it.skipIf(noMounts !== undefined)('a full or read-only disk is said to be one, and nothing half written stays', () => {
  const log = onOwnFileSystem('fill-disk.ts', root, '2m') as Log;
  expect(shown(log)).toMatchInlineSnapshot(`
    "put of bytes · Generic · file · x · ENOSPC · Generic · kept 900000
    put of a stream over an object · Generic · file · kept · ENOSPC · Generic · kept 900000
    copy · Generic · file · third · ENOSPC · Generic · kept 900000 + second 900000
    part · Generic · file · big · ENOSPC · Generic · kept 900000
    complete · Generic · file · big · ENOSPC · Generic · kept 900000
    put, read-only · PermissionDenied · file · x · EROFS · PermissionDenied · kept 900000
    put in a new folder, read-only · PermissionDenied · file · new/folder/x · EROFS · PermissionDenied · kept 900000
    put_multipart, read-only · PermissionDenied · file · x · EROFS · PermissionDenied · kept 900000
    copy, read-only · PermissionDenied · file · x · EROFS · PermissionDenied · kept 900000
    rename, read-only · PermissionDenied · file · x · EROFS · PermissionDenied · kept 900000
    delete, read-only · PermissionDenied · file · kept · EROFS · PermissionDenied · kept 900000"
  `);
  expect(log.openSpans).toBe(0);
});

it('what the system does not permit is said to be that', () => {
  const log = inOwnProcess('no-permission.ts', root) as Log;
  expect(shown(log)).toMatchInlineSnapshot(`
    "get · PermissionDenied · file · fixed/secret · EACCES · PermissionDenied · open 1 + secret 1
    put · PermissionDenied · file · fixed/new · EACCES · PermissionDenied · open 1 + secret 1
    put_multipart · PermissionDenied · file · fixed/new · EACCES · PermissionDenied · open 1 + secret 1
    copy · PermissionDenied · file · fixed/new · EACCES · PermissionDenied · open 1 + secret 1
    rename · PermissionDenied · file · fixed/new · EACCES · PermissionDenied · open 1 + secret 1
    delete · PermissionDenied · file · fixed/open · EACCES · PermissionDenied · open 1 + secret 1
    list · PermissionDenied · file · fixed · EACCES · PermissionDenied · open 1 + secret 1"
  `);
  expect(log.openSpans).toBe(0);
});
