import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkJson, checkMermaid, checkPromql, checkYaml } from './check-data-blocks.ts';
import { checkShell } from './check-shell.ts';
import { type Block, type Finding, finding } from './document.ts';
import type { Workspace } from './workspace.ts';

type Check = (block: Block, workspace: Workspace) => Finding[];

const checkCommands: Check = (block, workspace) =>
  checkShell(block, readFileSync(join(workspace.root, block.file), 'utf8'), workspace);

/** How a block is checked that is neither a program nor SQL, by its language. */
const checks: Readonly<Record<string, Check>> = {
  sh: checkCommands,
  bash: checkCommands,
  json: checkJson,
  yaml: checkYaml,
  mermaid: checkMermaid,
  promql: checkPromql,
  diff: (block) => (/^[-+]/m.test(block.code) ? [] : [finding(block, 'no line says what changed')]),
  text: () => [],
};

/** Checks one block by itself; a language that the check does not know is a fault. */
export function checkBlock(block: Block, workspace: Workspace): Finding[] {
  const check = Object.hasOwn(checks, block.language) ? checks[block.language] : undefined;
  if (check !== undefined) return check(block, workspace);
  const known = ['ts', 'js', 'sql', ...Object.keys(checks)].join(', ');
  return [finding(block, `"${block.language}" is no language the check knows; use ${known}`)];
}
