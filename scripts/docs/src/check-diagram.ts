import type { Block } from './document.ts';
import { type Finding, finding } from './finding.ts';

const KINDS = /^(flowchart|graph|sequenceDiagram|stateDiagram-v2|classDiagram|erDiagram|gantt)\b/;
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Whether a Mermaid diagram names its kind, closes every bracket and quotation mark, and ends every subgraph. */
export function checkMermaid(block: Block): Finding[] {
  const lines = block.code.split('\n');
  const findings: Finding[] = [];
  if (!KINDS.test(lines[0] ?? '')) findings.push(finding(block, `"${lines[0]}" is no kind of diagram`));
  let subgraphs = 0;
  lines.forEach((line, index) => {
    const place = { file: block.file, line: block.line + index };
    if (!isBalanced(line)) findings.push(finding(place, 'a bracket or a quotation mark is not closed'));
    if (/^\s*subgraph\b/.test(line)) subgraphs += 1;
    if (/^\s*end\s*$/.test(line)) subgraphs -= 1;
  });
  if (subgraphs !== 0) findings.push(finding(block, 'the number of subgraphs is not that of their ends'));
  return findings;
}

function isBalanced(line: string): boolean {
  const open: string[] = [];
  const bare = line.replaceAll(/"[^"]*"/g, '').replaceAll(/[-.=<|o x]*[-=.]+[>ox|]*/g, ' ');
  for (const character of bare) {
    if ('([{'.includes(character)) open.push(character);
    else if (character in pairs && open.pop() !== pairs[character]) return false;
  }
  return open.length === 0 && !bare.includes('"');
}
