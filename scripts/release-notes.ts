/** Prints what changed in the version that the packages have, from their changelogs: `pnpm --silent release-notes`. */
import { fileURLToPath } from 'node:url';
import { packageChangelogs, releaseNotes } from './release/release-notes.ts';

console.log(releaseNotes(packageChangelogs(fileURLToPath(new URL('..', import.meta.url)))).join('\n'));
