import { spawnSync } from 'node:child_process';
import { DuckDBInstance } from '@duckdb/node-api';
import { resolveTracingConfig } from '@planscope/config';
import { type MetricDefinition, sharedSchema } from '@planscope/semconv';
import { parser } from '@prometheus-io/lezer-promql';
import { parseAllDocuments } from 'yaml';
import { checkShell } from './check-shell.ts';
import type { Block } from './document.ts';
import { sampleLog } from './sample-log.ts';

const suffixes: Readonly<Record<MetricDefinition['instrument'], readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  updowncounter: [''],
  histogram: ['_bucket', '_count', '_sum'],
};

/** The names that Prometheus gives to the metrics of Planscope. */
const metricNames = sharedSchema.metrics.flatMap(({ name, instrument }) =>
  suffixes[instrument].map((suffix) => name.replaceAll('.', '_') + suffix),
);

function checkPromql(query: string): string[] {
  const problems: string[] = [];
  parser.parse(query).iterate({
    enter({ type, from, to }) {
      const text = query.slice(from, to);
      if (type.isError) problems.push(`Prometheus does not understand "${query.slice(from)}"`);
      if (type.name === 'Identifier' && /^(planscope|db_client)_/.test(text) && !metricNames.includes(text)) {
        problems.push(`there is no metric ${text}; there are ${metricNames.join(', ')}`);
      }
    },
  });
  return problems;
}

const KINDS = /^(flowchart|graph|sequenceDiagram|stateDiagram-v2|classDiagram|erDiagram|gantt)\b/;

/** Whether a diagram names its kind, closes every bracket and quotation mark, and ends every subgraph. */
function checkMermaid({ code }: Block): string[] {
  const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const arrows = /[-.=<|o x]*[-=.]+[>ox|]*/g;
  const unbalanced = code.split('\n').filter((line) => {
    const bare = line.replaceAll(/"[^"]*"/g, '').replaceAll(arrows, ' ');
    return (
      bare.includes('"') ||
      ['()', '[]', '{}'].some(([open = '', close = '']) => bare.split(open).length !== bare.split(close).length)
    );
  });
  return [
    ...(KINDS.test(code) ? [] : [`"${code.split('\n')[0]}" is not a kind of diagram`]),
    ...unbalanced.map((line) => `a bracket or a quotation mark is not closed in "${line.trim()}"`),
    ...(count(code, /^\s*subgraph\b/gm) === count(code, /^\s*end\s*$/gm) ? [] : ['not every subgraph has an end']),
  ];
}

/** Whether Python can parse it, where there is one. */
function checkPython({ code, file, line }: Block): string[] {
  const { error, status, stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
    input: code,
    encoding: 'utf8',
  });
  if (error !== undefined) console.log(`left out: ${file}:${line}, since there is no python3 to parse it`);
  return error !== undefined || status === 0 ? [] : [stderr.trim().split('\n').slice(-1).join()];
}

/** What is wrong with a block that is not a program, by its language. */
const checks: Readonly<Record<string, (block: Block) => string[] | Promise<string[]>>> = {
  sh: checkShell,
  bash: checkShell,
  python: checkPython,
  json: ({ code, directive }) => {
    const { $schema: _, ...explicit } = JSON.parse(code);
    if (directive.config) resolveTracingConfig({ environment: {}, explicit });
    return [];
  },
  yaml: ({ code }) =>
    parseAllDocuments(code, { strict: true })
      .flatMap(({ errors, warnings }) => [...errors, ...warnings])
      .map(({ message }) => message),
  sql: async ({ code, directive }) => {
    const connection = await (await DuckDBInstance.fromCache(':memory:')).connect();
    try {
      // The tables that statements name need not exist, unless they are to run.
      if (!directive.run) {
        await connection.extractStatements(code);
        return [];
      }
      await connection.run(`SET file_search_path = '${await sampleLog()}'`);
      const { currentRowCount } = await connection.runAndReadAll(code);
      return currentRowCount === 0 ? ['it finds no row in the log of the sample'] : [];
    } finally {
      connection.closeSync();
    }
  },
  promql: ({ code }) =>
    code
      .split('\n')
      .filter((line) => !/^(?:#|\s*$)/.test(line))
      .flatMap(checkPromql),
  mermaid: checkMermaid,
  diff: ({ code }) => (/^[-+]/m.test(code) ? [] : ['no line says what changed']),
  text: () => [],
};

/** What is wrong with a block that is not a program; a language that the check does not know is. */
export async function checkBlock(block: Block): Promise<string[]> {
  const check = Object.hasOwn(checks, block.language) ? checks[block.language] : undefined;
  if (check === undefined) {
    return [`"${block.language}" is no language the check knows; use ts, js, ${Object.keys(checks).join(', ')}`];
  }
  try {
    return await check(block);
  } catch (error) {
    return [String(error)];
  }
}
