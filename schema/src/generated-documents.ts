import { readFileSync, writeFileSync } from 'node:fs';
import { renderLogColumns } from './render-log-columns.ts';
import { renderAttributes, renderWarningAdvice, renderWarnings } from './render-package-tables.ts';
import { renderSchema } from './render-schema.ts';
import { renderTextKinds } from './render-text-kinds.ts';
import { schemas } from './schemas.ts';

/** A document of the repository that is generated from the schemas, as a whole or in parts. */
interface GeneratedDocument {
  /** From the root of the repository. */
  readonly path: string;
  /** @param text the document as it is */
  readonly render: (text: string) => string;
}

const WITH_ATTRIBUTES = [
  'bootstrap',
  'duckdb',
  'engine',
  'exec-instrumentation',
  'object-store',
  'rule-instrumentation',
  'trino',
];
const WITH_WARNINGS = ['engine', 'exec-instrumentation', 'object-store', 'plan', 'rule-instrumentation', 'trino'];

const documents: readonly GeneratedDocument[] = [
  { path: 'docs/span-schema.md', render: () => renderSchema(schemas) },
  { path: 'docs/privacy.md', render: (text) => withPart(text, 'kinds of texts', renderTextKinds(schemas)) },
  { path: 'docs/codes.md', render: withWarnings },
  { path: 'docs/query-log.md', render: (text) => withPart(text, 'columns', renderLogColumns()) },
  ...WITH_ATTRIBUTES.map((name) => ({ path: `packages/${name}/README.md`, render: readmeOf(name) })),
];

function withWarnings(page: string): string {
  const parts: [name: string, part: string][] = [
    ...WITH_WARNINGS.map((name): [string, string] => [`warnings of ${name}`, renderWarningAdvice(schemas, name)]),
    ['warnings of duckdb about the query', renderWarningAdvice(schemas, 'duckdb', 'query')],
    ['warnings of duckdb about what could not be measured', renderWarningAdvice(schemas, 'duckdb', 'measurement')],
  ];
  return parts.reduce((text, [name, part]) => withPart(text, name, part), page);
}

function readmeOf(name: string): (readme: string) => string {
  return (readme) => {
    const text = withPart(readme, 'attributes', renderAttributes(schemas, name));
    return name === 'duckdb' ? withPart(text, 'warnings', renderWarnings(schemas, name)) : text;
  };
}

/** Paths of the documents that differ from what the schemas say. */
export function staleDocuments(): string[] {
  return documents.filter(({ path, render }) => read(path) !== render(read(path))).map(({ path }) => path);
}

/** Writes all documents anew. */
export function writeDocuments(): void {
  for (const { path, render } of documents) writeFileSync(location(path), render(read(path)));
}

/**
 * A document with one part replaced, between two comments that name it.
 *
 * @throws Error if the document lacks one of the comments
 */
export function withPart(document: string, name: string, part: string): string {
  const begin = `<!-- ${name}: begin, written by \`pnpm schema\` -->`;
  const end = `<!-- ${name}: end -->`;
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the document lacks "${begin}" or "${end}"`);
  return `${before}${begin}\n\n${part}\n\n${end}${after}`;
}

function read(path: string): string {
  return readFileSync(location(path), 'utf8');
}

function location(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
