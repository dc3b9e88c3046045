import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { execa } from 'execa';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import { readTraceFile, type SpanNode, spanForest } from '../../packages/testing/src/index.ts';
import { readBlocks } from '../docs/src/document.ts';
import { installProject, type Tarballs } from './project.ts';

const GUIDE = 'examples/traced-by-flag/README.md';

/** A route that runs a query, and what Next.js wants beside it. */
const service: Readonly<Record<string, string>> = {
  'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>;',
  'app/flights/route.js': `
    import { DuckDBInstance } from '@duckdb/node-api';
    export const dynamic = 'force-dynamic';
    export async function GET() {
      const connection = await (await DuckDBInstance.create()).connect();
      const reader = await connection.runAndReadAll('SELECT sum(i)::INTEGER AS total FROM range(1000) t(i)');
      return Response.json(reader.getRowObjects());
    }`,
};

/**
 * Builds a Next.js service as the guide says, and runs its standalone output in a folder that has nothing else.
 *
 * @param folder of the project
 * @param driver version of DuckDB's driver
 */
export async function checkNextService(
  t: TestContext,
  folder: string,
  tarballs: Tarballs,
  driver: string,
): Promise<void> {
  const ours = ['bootstrap', 'config', 'duckdb'].map((name) => [`@planscope/${name}`, '*']);
  const others = { next: '^16', react: '^19', 'react-dom': '^19', '@opentelemetry/instrumentation': '*' };
  await installProject(folder, { ...Object.fromEntries(ours), ...others, '@duckdb/node-api': driver }, tarballs);
  const files = { ...service, 'instrumentation.ts': guideBlock('ts'), 'next.config.js': guideBlock('js') };
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  await execa('npx', ['next', 'build'], { cwd: folder, env: { NEXT_TELEMETRY_DISABLED: '1' } });
  const deployed = `${folder}-deployed`;
  renameSync(join(folder, '.next/standalone'), deployed);

  const port = await getPort();
  const env = {
    PORT: `${port}`,
    HOSTNAME: '127.0.0.1',
    PLANSCOPE_EXPORTERS: 'file',
    PLANSCOPE_FILE_PATH: 'traces.jsonl',
  };
  const server = execa(process.execPath, ['server.js'], { cwd: deployed, env, reject: false });
  const url = `http://127.0.0.1:${port}/flights`;
  await pWaitFor(async () => (await fetch(url).catch(() => undefined))?.ok === true, { timeout: 120_000 });
  assert.deepEqual(await (await fetch(url)).json(), [{ total: 499_500 }]);
  server.kill('SIGTERM');
  await server;

  await t.test('each query is below the request that runs it', () => {
    const requests = spanForest(readTraceFile(join(deployed, 'traces.jsonl'))).filter(
      ({ span }) => span.name === 'GET /flights',
    );
    assert.equal(requests.length, 2);
    for (const request of requests) assert.ok(names(request).includes('UNGROUPED_AGGREGATE'));
  });
}

/** The block of the guide's section on Next.js that is written in a language. */
function guideBlock(language: string): string {
  const text = readFileSync(new URL(`../../${GUIDE}`, import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('\n## Next.js\n'));
  const found = readBlocks(GUIDE, section).filter((block) => block.language === language);
  assert(
    found.length === 1 && found[0],
    `the section on Next.js of ${GUIDE} has ${found.length} blocks of ${language}`,
  );
  return found[0].code;
}

function names({ span, children }: SpanNode<{ readonly name: string }>): string[] {
  return [span.name, ...children.flatMap(names)];
}
