import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** The way of resolving modules that knows no `exports`, which our packages need. */
const UNSUPPORTED = 'node10';

/**
 * What publint, its warnings too, and are-the-types-wrong find in a package as it is published.
 *
 * @param tarball path
 * @param options.isTyped whether programs import it; a command has no types
 */
export async function packageProblems(tarball: string, { isTyped }: { readonly isTyped: boolean }): Promise<string[]> {
  const data = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: data.buffer }, strict: true });
  const problems = messages
    .filter(({ type }) => type === 'error')
    .map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
  return isTyped ? [...problems, ...(await typeProblems(data))] : problems;
}

async function typeProblems(tarball: Uint8Array): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  if (result.types === false) return ['it has no types'];
  return result.problems
    .filter((problem) => !('resolutionKind' in problem && problem.resolutionKind === UNSUPPORTED))
    .map(({ kind, ...where }) => `${problemKindInfo[kind].description} ${JSON.stringify(where)}`);
}
