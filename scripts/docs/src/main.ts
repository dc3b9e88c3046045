/**
 * Compiles, runs and parses everything in the documents that can be: see `scripts/docs/README.md`.
 *
 * `pnpm check:docs`: needs the packages built.
 */
import { checkBlock } from './check-blocks.ts';
import { checkPrograms } from './check-programs.ts';
import { type Block, documentPaths, readBlocks, readDocument } from './document.ts';
import { importedPackages, installedPackages, isProgram, programsOf, showsOutput } from './program.ts';

const documents = documentPaths().map((file) => {
  const text = readDocument(file);
  const blocks = readBlocks(file, text);
  return { file, text, blocks, programs: programsOf(blocks) };
});
const programs = documents.flatMap((document) => document.programs);
const { problems: faults, printed } = await checkPrograms(programs);
const problems = [...faults];
const report = ({ file, line }: Block, ...messages: string[]): void => {
  for (const message of messages) problems.push(`${file}:${line} ${message}`);
};
let [others, skipped] = [0, 0];

for (const { file, text, blocks } of documents) {
  // `pnpm lint:docs` looks for anchors in files of Markdown only.
  for (const [link] of text.matchAll(/\]\((?!\w+:)[^)#]+(?<!\.md)#[^)]*\)/g)) {
    problems.push(`${file} ${link}: a link to a heading names the .md file`);
  }
  const installed = installedPackages(text);
  for (const [index, block] of blocks.entries()) {
    if (block.directive.skip !== undefined) {
      skipped += 1;
      console.log(`skipped ${file}:${block.line}: ${block.directive.skip}`);
    } else if (isProgram(block)) {
      // Documents that install nothing speak to readers who have.
      const missing = importedPackages(block.code).filter(
        (name) => !installed.includes(name) && !text.includes(`\`${name}\``),
      );
      if (installed.length > 0 && missing.length > 0) {
        report(block, `it imports ${missing.join(', ')}, which the document does not say to install`);
      }
    } else {
      others += 1;
      report(block, ...(await checkBlock(block)));
      if (!block.directive.output) continue;
      const before = blocks.slice(0, index).findLast(isProgram);
      const output = before && printed.get(before);
      if (output === undefined) report(block, 'no program before it is run');
      else if (!showsOutput(block.code, output)) report(block, `that is not what is printed:\n${output}`);
    }
  }
}

for (const problem of new Set(problems)) console.log(`PROBLEM ${problem}`);
console.log(
  `${documents.length} documents: ${programs.length} programs compiled, ${printed.size} of them run, ` +
    `${others} other blocks checked, ${skipped} skipped, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
