import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { gte } from 'semver';
import { spanForest } from '../../internal/src/span-forest.ts';
import { startReceiver } from '../../packages/bootstrap/test/support/otlp-receiver.ts';
import { installProject, type Tarballs } from './project.ts';
import { formats, type RoomProgram, runPrograms } from './room-program.ts';
import { sdkLines, spansOnly } from './sdk-lines.ts';
import { DRIVER, type NodeVersion } from './supported-versions.ts';

/** What the room has, as the other rooms. */
interface UnawareRoom {
  readonly folder: string;
  readonly tarballs: Tarballs;
  readonly nodes: readonly NodeVersion[];
  /** Version of DuckDB's driver. */
  readonly driver: string;
  /** Runs queries and has an SDK, and imports nothing of ours. */
  readonly program: RoomProgram;
}

/**
 * A program that does not know Planscope, on the newest line of OpenTelemetry: the flag adds its queries to the spans that
 * it sends, and changes nothing where it sends none.
 */
export async function checkUnawareProgram(
  t: TestContext,
  { folder, tarballs, nodes, driver, program }: UnawareRoom,
): Promise<void> {
  const { packages, oldestNode } = sdkLines['SDK 3'];
  const [node] = nodes.filter(({ version }) => gte(version, oldestNode));
  assert(node);
  const orm = '@leonardovida-md/drizzle-neo-duckdb';
  const wanted = {
    ...packages,
    [orm]: '^1.5.2',
    'drizzle-orm': '>=0.40.1 <0.46.0',
    '@planscope/duckdb': '*',
    [DRIVER]: driver,
    'apache-arrow': '*',
  };
  // Each release of the driver is a prerelease to semver, and the range of that package names none of 1.5.
  await installProject(folder, wanted, tarballs, { node: node.path, overrides: { [orm]: { [DRIVER]: `$${DRIVER}` } } });
  const receiver = await startReceiver();
  const flag = ['--import=@planscope/duckdb/register'];

  for (const format of formats) {
    /** @returns what the program prints, and the spans below its own, by their names */
    const run = async (nodeArguments: readonly string[], exporter: string): Promise<[string, string[][]]> => {
      const earlier = receiver.spans().length;
      const environment = {
        ...spansOnly,
        OTEL_TRACES_EXPORTER: exporter,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl,
      };
      const printed = await runPrograms(folder, [program], format, node.path, { nodeArguments, environment });
      const forest = spanForest(receiver.spans().slice(earlier), (span) => span);
      return [printed, forest.map(({ span, children }) => [span.name, ...children.map((child) => child.span.name)])];
    };
    await t.test(`${format} on Node ${node.version}`, async () => {
      const [bare, spans] = await run([], 'otlp');
      assert.match(bare, /^\[{"id":2,"name":"Grace"}\]\n/);
      assert.deepEqual(spans, [['sign up']]);
      const queries = ['CREATE users', 'INSERT "users"', 'SELECT "users"'];
      const [printed, [traced = [], ...others]] = await run(flag, 'otlp');
      assert.deepEqual([printed, others], [bare, []]);
      assert.deepEqual(
        traced.filter((name) => /^(sign up|CREATE|INSERT|SELECT)/.test(name)),
        ['sign up', ...queries],
      );
      assert.deepEqual(await run(flag, 'none'), [bare, []]);
    });
  }
  await receiver.stop();
}
