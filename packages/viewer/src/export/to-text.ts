import { printableLine, printableText } from '@planscope/internal/printable-text';
import { bytes, count, duration, misestimate, percent, quantity, quantityText } from '@planscope/internal/quantity';
import type { Operator, Run } from '@planscope/run-model';
import type { PageFinding } from '../finding.ts';
import { operatorSubject } from '../plan/operator-label.ts';
import { indexPlan } from '../plan/plan-measures.ts';
import { runTitle } from '../text/run-title.ts';
import { valueText } from '../text/value-text.ts';

/** Longer lists are cut, with a line that says by how much. */
const MOST = { operators: 200, files: 12, sql: 4000, subject: 100 };

/**
 * A run as compact text, to paste into an issue or to give to an agent: what ran, its totals, findings, the operators as
 * a tree, the files with most bytes, and the SQL. Control characters are escapes.
 */
export function toText(run: Run, findings: readonly PageFinding[] = []): string {
  const sections = [head(run), findingLines(findings, run), planLines(run), fileLines(run), sqlLines(run)];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return `${printableText(text)}\n`;
}

function head(run: Run): string[] {
  const took = run.duration === undefined ? '' : `, ${quantityText(duration(run.duration))}`;
  const { error } = run;
  const totals = Object.entries(run.totals).map(
    ([name, { value, unit, source }]) => `${spaced(name)} ${quantityText(quantity(value, unit))} (${source})`,
  );
  const engines = run.queries.map(({ system, version }) => [system, version].filter(Boolean).join(' '));
  return [
    `${runTitle(run)}: ${run.status ?? 'status unknown'}${took}`,
    ...(error === undefined
      ? []
      : [`error: ${printableLine([error.code ?? error.type, error.message].filter(Boolean).join(': '))}`]),
    ...(engines.length > 0 ? [`engine: ${printableLine([...new Set(engines)].join(', '))}`] : []),
    ...Object.entries(run.fields).map(([key, value]) => `${printableLine(key)}: ${valueText(value)}`),
    ...(run.identity.executedPlanFingerprint === undefined ? [] : [`plan: ${run.identity.executedPlanFingerprint}`]),
    ...run.gaps.map(({ code, count: times }) => `incomplete: ${code} (${times})`),
    ...totals,
  ];
}

function findingLines(findings: readonly PageFinding[], run: Run): string[] {
  if (findings.length === 0) return [];
  const names = new Map(run.operators.map(({ id, name }) => [id, printableLine(name)]));
  return [
    'findings',
    ...findings.map(({ severity, rule, title, share, operatorId, advice }) => {
      const where = operatorId === undefined ? '' : ` at ${names.get(operatorId) ?? operatorId}`;
      const part = share === undefined ? '' : ` (${percent(share)})`;
      return `- ${printableLine(`${severity} ${rule}: ${title}${where}${part}. ${advice}`)}`;
    }),
  ];
}

function planLines(run: Run): string[] {
  if (run.operators.length === 0) return [];
  const plan = indexPlan(run);
  const lines: string[] = [];
  // A stack and no recursion: a plan may be deeper than the call stack.
  const open: { readonly operator: Operator; readonly depth: number }[] = [];
  const push = (operators: readonly Operator[], depth: number): void => {
    for (const operator of operators.toReversed()) open.push({ operator, depth });
  };
  push(plan.roots, 0);
  for (let next = open.pop(); next !== undefined && lines.length < MOST.operators; next = open.pop()) {
    const { operator, depth } = next;
    lines.push(`${'  '.repeat(Math.min(depth, 40))}${operatorLine(operator)}`);
    push(plan.children.get(operator.id) ?? [], depth + 1);
  }
  const more = run.operators.length - lines.length;
  return ['operators (consumers above their inputs)', ...lines, ...(more > 0 ? [`… ${count(more)} more`] : [])];
}

function operatorLine(operator: Operator): string {
  const { rows, estimatedRows, compute, computeShare, bytesRead, spilledBytes, name } = operator;
  const off = misestimate(rows, estimatedRows);
  const subject = operatorSubject(operator);
  const numbers = [
    rows === undefined ? '' : quantityText(quantity(rows, '{row}')),
    estimatedRows === undefined ? '' : `estimated ${count(estimatedRows)}${off === undefined ? '' : ` (${off.text})`}`,
    compute === undefined
      ? ''
      : `compute ${quantityText(duration(compute))}${computeShare === undefined ? '' : ` (${percent(computeShare)})`}`,
    bytesRead === undefined ? '' : `read ${quantityText(bytes(bytesRead))}`,
    spilledBytes === undefined || spilledBytes === 0 ? '' : `spilled ${quantityText(bytes(spilledBytes))}`,
    operator.error === undefined ? '' : 'FAILED',
  ].filter(Boolean);
  const what = subject.length > MOST.subject ? `${subject.slice(0, MOST.subject - 1)}…` : subject;
  return `${printableLine(name)}${what === '' ? '' : ` ${what}`}${numbers.length === 0 ? '' : `: ${numbers.join(', ')}`}`;
}

function fileLines({ files }: Run): string[] {
  if (files.length === 0) return [];
  const more = files.length - MOST.files;
  return [
    'files',
    ...files.slice(0, MOST.files).map(({ location, bytesRead, bytesWritten, requests, retries, failures }) => {
      const numbers = [
        bytesRead > 0 ? `read ${quantityText(bytes(bytesRead))}` : '',
        bytesWritten > 0 ? `written ${quantityText(bytes(bytesWritten))}` : '',
        `${count(requests)} requests`,
        retries > 0 ? `${count(retries)} retries` : '',
        failures > 0 ? `${count(failures)} failures` : '',
      ];
      return `- ${printableLine(location)}: ${numbers.filter(Boolean).join(', ')}`;
    }),
    ...(more > 0 ? [`… ${count(more)} more`] : []),
  ];
}

function sqlLines({ queries }: Run): string[] {
  return queries.flatMap(({ text }) => {
    if (text === undefined) return [];
    const cut = text.length > MOST.sql ? `${text.slice(0, MOST.sql)}…` : text;
    return ['sql', printableText(cut)];
  });
}

/** `outputRows` as `output rows`. */
function spaced(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
