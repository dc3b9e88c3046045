/**
 * Compiles, runs, parses and follows everything in the documents that can be: see `scripts/docs/README.md`.
 *
 * `pnpm check:docs`: needs the packages built.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBlock } from './check-blocks.ts';
import { checkSql } from './check-data-blocks.ts';
import { checkLinks } from './check-links.ts';
import {
  checkImports,
  checkTypescript,
  removePrograms,
  type SourceChain,
  sourceChains,
  writePrograms,
} from './check-typescript.ts';
import { type Block, type Finding, finding, readDocuments, repository } from './document.ts';
import { makeSampleData, type ProgramRun, runPrograms, showsOutput } from './run-programs.ts';
import { readWorkspace } from './workspace.ts';

const isProgram = ({ language }: Block): boolean => language === 'ts' || language === 'js';

const documents = readDocuments();
const skipped = documents.flatMap(({ blocks }) => blocks.filter(({ directive }) => directive.skip !== undefined));
const blocks = documents.flatMap((document) => document.blocks.filter((block) => !skipped.includes(block)));
const others = blocks.filter((block) => !isProgram(block) && block.language !== 'sql');
const sql = blocks.filter(({ language }) => language === 'sql');
const chains = documents.flatMap((document) =>
  sourceChains(document.blocks.filter((block) => isProgram(block) && !skipped.includes(block))),
);

const workspace = readWorkspace(repository);
const findings: Finding[] = [
  ...checkLinks(documents, repository),
  ...documents.flatMap((document) => checkImports(document, readFileSync(join(repository, document.file), 'utf8'))),
  ...others.flatMap((block) => checkBlock(block, workspace)),
  ...(await checkSql(sql)),
];

const folder = mkdtempSync(join(tmpdir(), 'planscope-docs-'));
let runs: ProgramRun[] = [];
try {
  const programs = writePrograms(chains);
  findings.push(...checkTypescript(programs));
  const isRun = ({ block: { directive } }: SourceChain): boolean => directive.run === true || directive.prints === true;
  runs = await runPrograms(
    programs.filter(({ chain }) => isRun(chain)),
    await makeSampleData(folder),
  );
} finally {
  removePrograms();
  rmSync(folder, { recursive: true, force: true });
}
findings.push(...runs.flatMap((run) => run.findings));
for (const { blocks: inDocument } of documents) findings.push(...checkOutputs(inDocument));

for (const { file, line, directive } of skipped) console.log(`skipped ${file}:${line}: ${directive.skip}`);
// A block that others continue is part of their programs, too.
const problems = new Set(findings.map(({ place, message }) => `PROBLEM ${place}: ${message}`));
for (const problem of problems) console.log(problem);
console.log(
  `${documents.length} documents: ${chains.length} programs compiled, ${runs.length} of them run, ` +
    `${others.length + sql.length} other blocks checked, ${skipped.length} skipped, ` +
    `${documents.reduce((sum, { links }) => sum + links.length, 0)} links followed, ${problems.size} problems`,
);
process.exitCode = problems.size === 0 ? 0 : 1;

/** Whether each text that is to be what a program prints is what the one before it printed. */
function checkOutputs(inDocument: readonly Block[]): Finding[] {
  return inDocument.flatMap((block, index) => {
    if (!block.directive.output) return [];
    const before = inDocument.slice(0, index).findLast(isProgram);
    const run = runs.find(({ program }) => program.chain.block === before);
    if (run === undefined) return [finding(block, 'no program before it is run')];
    return showsOutput(block.code, run.stdout) ? [] : [finding(block, `that is not what is printed:\n${run.stdout}`)];
  });
}
