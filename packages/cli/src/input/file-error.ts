import { CommandError } from '../command-error.ts';

/** What the usual errors of a file system mean to a person. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
  ENOTDIR: 'a part of its path is no folder',
};

/** The error for a file that cannot be read. */
export function unreadableFile(file: string, cause: Error): CommandError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new CommandError(`cannot read ${file}: ${REASONS[code] ?? message}`, { cause });
}
