import { CommandError } from '../command-error.ts';

/** What the usual errors of a file system mean to a person. */
const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
  EPERM: 'its permissions do not allow it',
  ENOTDIR: 'a part of its path is no folder',
  // What creating a folder says if a file has its name.
  EEXIST: 'a part of its path is no folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** The error for a file that cannot be read. */
export function unreadableFile(file: string, cause: Error): CommandError {
  return new CommandError(`cannot read ${file}: ${reasonOf(cause, 'there is no such file')}`, { cause });
}

/** The error for a file that cannot be written. */
export function unwritableFile(file: string, cause: Error): CommandError {
  return new CommandError(`cannot write ${file}: ${reasonOf(cause, 'there is no such folder')}`, { cause });
}

function reasonOf(cause: Error, whatIsMissing: string): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' ? whatIsMissing : (REASONS[code] ?? message);
}
