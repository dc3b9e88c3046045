import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import type { EntryPoint } from './entry-points.ts';
import { extractorConfiguration } from './extractor-configuration.ts';

/** What the built types of one entry point say. */
export interface ExtractedApi {
  readonly point: EntryPoint;
  /** The public API as Markdown. */
  readonly text: string;
  /** Types that the API mentions and the entry point does not export. */
  readonly unexported: readonly string[];
  /** What else the extractor finds wrong, such as links in comments that lead nowhere. */
  readonly remarks: readonly string[];
}

const unexportedType = /The symbol "([^"]+)" needs to be exported by the entry point/;
// What is undocumented is marked in the report; console messages are about the extractor itself.
const unremarkable = /^(ae-undocumented|console-.*)$/;

/**
 * The public API of every entry point, read from the built types in one pass of the compiler.
 * @throws where types are missing or cannot be read
 */
export function extractApi(points: readonly EntryPoint[]): ExtractedApi[] {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-api-'));
  try {
    const configurations = points.map((point) => ExtractorConfig.prepare(extractorConfiguration(point, folder)));
    const [first] = configurations;
    if (!first) return [];
    const compilerState = CompilerState.create(first, { additionalEntryPoints: points.map(({ types }) => types) });
    return points.map((point, index) => {
      const unexported: string[] = [];
      const remarks: string[] = [];
      Extractor.invoke(configurations[index] ?? first, {
        compilerState,
        localBuild: true,
        messageCallback(message) {
          const [, symbol] = unexportedType.exec(message.text) ?? [];
          if (symbol) unexported.push(symbol);
          else if (message.logLevel !== 'none' && !unremarkable.test(message.messageId)) remarks.push(message.text);
          message.logLevel = ExtractorLogLevel.None;
        },
      });
      const text = withOwnHeading(point, readFileSync(join(folder, point.report), 'utf8'));
      return { point, text, unexported, remarks };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withOwnHeading({ specifier }: EntryPoint, report: string): string {
  const code = report.slice(report.indexOf('```ts')).replace(/\n\/\/ \(No @packageDocumentation .*\)\n/, '');
  return `# \`${specifier}\`\n\nWhat programs can import, as \`pnpm api\` reads it from the built types. Not edited by hand.\n\n${code}`;
}
