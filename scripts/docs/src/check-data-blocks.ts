import { DuckDBInstance } from '@duckdb/node-api';
import { resolveTracingConfig } from '@planscope/config';
import { type MetricDefinition, sharedSchema } from '@planscope/semconv';
import { parser } from '@prometheus-io/lezer-promql';
import { parseAllDocuments } from 'yaml';
import { type Block, type Finding, finding } from './document.ts';

/** Whether JSON can be read, and is a tracing configuration where the comment says so. */
export function checkJson(block: Block): Finding[] {
  try {
    const value: unknown = JSON.parse(block.code);
    if (block.directive.config) checkConfig(value);
    return [];
  } catch (error) {
    return [finding(block, String(error))];
  }
}

/** Whether YAML can be read, without a warning. */
export function checkYaml(block: Block): Finding[] {
  return parseAllDocuments(block.code, { strict: true })
    .flatMap(({ errors, warnings }) => [...errors, ...warnings])
    .map(({ message }) => finding(block, message));
}

/** @throws ConfigError for what Planscope refuses */
function checkConfig(value: unknown): void {
  const { $schema: _, ...explicit } = value as Record<string, unknown>;
  resolveTracingConfig({ environment: {}, explicit });
}

const KINDS = /^(flowchart|graph|sequenceDiagram|stateDiagram-v2|classDiagram|erDiagram|gantt)\b/;
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Whether a Mermaid diagram names its kind, closes every bracket and quotation mark, and ends every subgraph. */
export function checkMermaid(block: Block): Finding[] {
  const lines = block.code.split('\n');
  const findings: Finding[] = [];
  if (!KINDS.test(lines[0] ?? '')) findings.push(finding(block, `"${lines[0]}" is not a kind of diagram`));
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

const suffixes: Readonly<Record<MetricDefinition['instrument'], readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  updowncounter: [''],
  histogram: ['_bucket', '_count', '_sum'],
};

/** The names that Prometheus gives to the metrics of Planscope. */
const known = new Set(
  sharedSchema.metrics.flatMap(({ name, instrument }) =>
    suffixes[instrument].map((suffix) => name.replaceAll('.', '_') + suffix),
  ),
);

/** Whether each line is a query of Prometheus, and the metrics in it that would be of Planscope are. */
export function checkPromql(block: Block): Finding[] {
  return block.code.split('\n').flatMap((query, index) => {
    if (query.trim() === '' || query.startsWith('#')) return [];
    const place = { file: block.file, line: block.line + index };
    const findings: Finding[] = [];
    parser.parse(query).iterate({
      enter({ type, from, to }) {
        const text = query.slice(from, to);
        if (type.isError) findings.push(finding(place, `Prometheus does not understand "${query.slice(from)}"`));
        if (type.name === 'Identifier' && /^(planscope|db_client)_/.test(text) && !known.has(text)) {
          findings.push(finding(place, `there is no metric ${text}; there are ${[...known].join(', ')}`));
        }
      },
    });
    return findings;
  });
}

/** Whether DuckDB can parse the statements; the tables they name need not exist. */
export async function checkSql(blocks: readonly Block[]): Promise<Finding[]> {
  if (blocks.length === 0) return [];
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const findings: Finding[] = [];
    for (const block of blocks) {
      try {
        await connection.extractStatements(block.code);
      } catch (error) {
        findings.push(finding(block, String(error)));
      }
    }
    return findings;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
