import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { execa } from 'execa';
import { gte } from 'semver';
import { startReceiver } from '../../packages/bootstrap/test/support/otlp-receiver.ts';
import { openStockMatrix, stockRowNames } from '../../packages/bootstrap/test/support/stock-matrix.ts';
import { installProject, type Tarballs } from './project.ts';
import { checkTypes, formats, type RoomProgram, runPrograms } from './room-program.ts';
import { DRIVER, type NodeVersion } from './supported-versions.ts';

/** A line of OpenTelemetry for JavaScript. */
interface SdkLine {
  readonly packages: Readonly<Record<string, string>>;
  /** The package that has spans and samplers. */
  readonly sdk: string;
  readonly oldestNode: string;
}

/** The packages of a line that have a version below 1; `sdk-node` brings the others. */
function experimental(range: string): Record<string, string> {
  const names = ['sdk-node', 'exporter-trace-otlp-proto', 'exporter-trace-otlp-http', 'exporter-trace-otlp-grpc'];
  return Object.fromEntries(names.map((name) => [`@opentelemetry/${name}`, range]));
}

/** The lines that programs are on. */
export const sdkLines: Readonly<Record<'SDK 2' | 'SDK 3', SdkLine>> = {
  'SDK 2': {
    packages: {
      '@opentelemetry/api': '~1.9.1',
      '@opentelemetry/sdk-trace-base': '^2.12.1',
      ...experimental('^0.223.0'),
    },
    sdk: '@opentelemetry/sdk-trace-base',
    oldestNode: '20.19.0',
  },
  'SDK 3': {
    packages: { '@opentelemetry/api': '^1.10.0', '@opentelemetry/sdk-trace': '^3.1.0', ...experimental('^0.301.0') },
    sdk: '@opentelemetry/sdk-trace',
    oldestNode: '22.15.0',
  },
};

/** How a program comes to its spans; the spans are the same. What starts before the program has `nodeArguments`. */
const modes: Readonly<Record<string, { readonly nodeArguments?: readonly string[] }>> = {
  sdk: {},
  register: { nodeArguments: ['--import=@planscope/duckdb/register'] },
  instrumentation: {},
  bootstrap: {},
  'bootstrap-beside-sdk': {},
};

/** Without these, a NodeSDK waits for a collector of metrics and logs when it ends. */
export const spansOnly = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

const ours = ['bootstrap', 'config', 'duckdb', 'testing'].map((name) => `@planscope/${name}`);

/** What all lines have in common. */
export interface SdkRoom {
  readonly folder: string;
  readonly tarballs: Tarballs;
  readonly nodes: readonly NodeVersion[];
  /** Version of DuckDB's driver. */
  readonly driver: string;
  /** Traces queries in a mode. */
  readonly program: RoomProgram;
  /** Traces a query that fails, with logs. */
  readonly logs: RoomProgram;
}

/**
 * Installs our packages into a program on a line of OpenTelemetry, and traces the same queries on each Node that the line
 * runs on, in each mode, as ESM and as CommonJS.
 *
 * @param folder of the project
 * @param printed what the program of another line printed; undefined for the first
 * @returns what the program printed
 */
export async function checkSdkLine(
  t: TestContext,
  line: SdkLine,
  { folder, tarballs, nodes, driver, program, logs }: SdkRoom,
  printed?: string,
): Promise<string> {
  const on = nodes.filter(({ version }) => gte(version, line.oldestNode));
  const [installing] = on;
  assert(installing, `no Node is at least ${line.oldestNode}`);
  const wanted = { ...line.packages, ...Object.fromEntries(ours.map((name) => [name, '*'])) };
  const said = await installProject(
    folder,
    { ...wanted, [DRIVER]: driver, 'apache-arrow': '*', '@grpc/grpc-js': '*' },
    tarballs,
    {
      node: installing.path,
    },
  );
  await t.test('npm installs it without a warning', () => assert.deepEqual(warningsOfInstall(said), []));
  await t.test('npm ls finds nothing wrong, and one API', async () => {
    await execa('npm', ['ls', '--all'], { cwd: folder });
    assert.deepEqual(copiesOf('@opentelemetry/api', folder), ['node_modules/@opentelemetry/api']);
  });
  await t.test('types', () => checkTypes(folder, [program, logs, sdkTypes(line)]));
  let expected = printed;
  for (const { version, path } of on) {
    for (const format of formats) {
      for (const [mode, { nodeArguments = [] }] of Object.entries(modes)) {
        await t.test(`${mode}: ${format} on Node ${version}`, async () => {
          const stdout = await runPrograms(folder, [program], format, path, {
            nodeArguments,
            environment: { ...spansOnly, MODE: mode },
          });
          expected ??= stdout;
          assert.match(stdout, /^request\n {2}CREATE airlines (?:.*\n)+ {2}SELECT airlines (?:.*\n)+ {4,}HASH_JOIN /);
          assert.equal(stdout, expected);
        });
      }
    }
  }
  for (const format of formats) {
    await t.test(`an exception as a log record: ${format} on Node ${installing.version}`, async () => {
      await runPrograms(folder, [logs], format, installing.path, { environment: { OTEL_METRICS_EXPORTER: 'none' } });
    });
  }
  await t.test(`OTLP exporters of this line, on Node ${installing.version}`, (on) =>
    checkStockExporters(on, folder, installing),
  );
  return expected ?? '';
}

/** Hands spans and a sampler of the line to our recorder, and takes its spans for those of the line. */
function sdkTypes({ sdk }: SdkLine): RoomProgram {
  const code = [
    `import { AlwaysOnSampler, type ReadableSpan } from '${sdk}';`,
    `import { createSpanRecorder, renderSpanTree } from '@planscope/testing';`,
    `export function main(spans: ReadableSpan[]): ReadableSpan[] {`,
    `  renderSpanTree(spans);`,
    `  return createSpanRecorder({ sampler: new AlwaysOnSampler() }).spans();`,
    `}`,
  ];
  return { name: 'sdk-types', code: code.join('\n') };
}

/** The fault matrix of bootstrap over the OTLP exporters that npm installed. */
async function checkStockExporters(t: TestContext, folder: string, { path }: NodeVersion): Promise<void> {
  const receiver = await startReceiver();
  const matrix = await openStockMatrix(receiver);
  const name = 'stock-exporters';
  const code = readFileSync(new URL(`../../packages/bootstrap/test/programs/${name}.ts`, import.meta.url), 'utf8');
  const printed = await runPrograms(folder, [{ name, code }], 'mjs', path, {
    // The gRPC exporter causes one for TLS with an IP address.
    nodeArguments: ['--no-deprecation'],
    environment: { STOCK_ROWS: JSON.stringify(matrix.rows) },
  });
  await matrix.close(printed);
  for (const row of stockRowNames) {
    await t.test(row, () => {
      const { found, expected } = matrix.compare(row);
      assert.deepEqual(found, expected);
    });
  }
  await receiver.stop();
}

/**
 * What npm warns of. Since npm 11 it names each package with an install script; the gRPC exporter, which every NodeSDK
 * has, comes with one (protobufjs).
 */
function warningsOfInstall(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((text) => text !== '' && !/^npm warn install-scripts(?!.*@(?:planscope|duckdb)\/)/.test(text));
}

/** Where npm installed the copies of a package. */
function copiesOf(name: string, folder: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
}
