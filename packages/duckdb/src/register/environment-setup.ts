// Not `createRequire` by its name: webpack rewrites calls of it, and bundles often have their own.
import nodeModule from 'node:module';
import { join } from 'node:path';
import type * as bootstrap from '@planscope/bootstrap';
import type * as config from '@planscope/config';
import type { DriverTracingOptions } from '../trace/driver-tracing.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Config = typeof config;
type Bootstrap = typeof bootstrap;

const EXPORTERS = 'PLANSCOPE_EXPORTERS';
const CONFIG_FILE = 'PLANSCOPE_CONFIG';

/**
 * Reads the options of traced connections from the environment, and starts the pipeline if it names exporters.
 * Programs without `PLANSCOPE_*` variables need neither `@planscope/config` nor `@planscope/bootstrap`.
 *
 * @param say prints a problem; the program goes on
 * @returns undefined if nothing is to be traced
 */
export function readSetup(environment: Environment, say: (message: string) => void): DriverTracingOptions | undefined {
  const names = Object.keys(environment).filter((name) => name.startsWith('PLANSCOPE_') && isSet(environment[name]));
  const [first] = names;
  if (first === undefined) return {};
  try {
    const library = installed<Config>('@planscope/config', ['@planscope/bootstrap']);
    if (library === undefined) {
      say(
        `DuckDB is not traced: ${first} is set, but @planscope/config is not installed; npm install @planscope/config`,
      );
      return undefined;
    }
    const resolved = resolve(library, environment);
    if (!resolved.enabled) return undefined;
    if (isSet(environment[EXPORTERS])) startPipeline(resolved, say);
    return connectionOptions(resolved, library);
  } catch (error) {
    say(`DuckDB is not traced: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

/** @throws ConfigError */
function resolve({ resolveTracingConfig, loadConfigFile }: Config, environment: Environment): config.TracingConfig {
  const file = isSet(environment[CONFIG_FILE]) ? loadConfigFile({ environment }) : undefined;
  // Without exporters of our own, variables such as OTEL_TRACES_EXPORTER are those of the program's SDK.
  const read = isSet(environment[EXPORTERS])
    ? environment
    : Object.fromEntries(Object.entries(environment).filter(([name]) => !/^OTEL_(?!SDK_DISABLED$)/.test(name)));
  return resolveTracingConfig({ environment: read, ...(file && { file }) }).config;
}

function startPipeline(resolved: config.TracingConfig, say: (message: string) => void): void {
  const library = installed<Bootstrap>('@planscope/bootstrap');
  if (library === undefined) {
    say(
      `${EXPORTERS} is set, but @planscope/bootstrap is not installed, so spans go only to an SDK of the program; npm install @planscope/bootstrap`,
    );
    return;
  }
  library.startTracing(resolved);
}

/**
 * Loads a package from where the program runs, as Node.js resolves `--import`.
 *
 * @param dependents packages that may have it as a dependency of their own
 * @returns undefined if it is not installed
 */
function installed<T>(name: string, dependents: readonly string[] = []): T | undefined {
  const require = nodeModule.createRequire(join(process.cwd(), 'program.js'));
  for (const dependent of [undefined, ...dependents]) {
    try {
      const from = dependent === undefined ? require : nodeModule.createRequire(require.resolve(dependent));
      return from(name) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

/** The fields of a configuration that traced connections have. */
function connectionOptions(resolved: config.TracingConfig, { parseFilter }: Config): DriverTracingOptions {
  const { analyzer, logical, physical } = resolved.rulePhases;
  const { maxAttributeBytes: maxTextBytes, privacy, detail } = resolved;
  const filter = parseFilter(resolved.filter);
  return {
    preset: resolved.preset,
    profile: resolved.recordMetrics,
    planning: {
      mode: resolved.ruleMode,
      analyzer,
      optimizer: logical,
      physical,
      maxTextBytes,
      redaction: privacy,
      isEnabled: (kind, name) => filter.enables(kind, name, 'info'),
    },
    operators: {
      recordMetrics: resolved.recordMetrics,
      layout: resolved.operatorLayout,
      maxTextBytes,
      redaction: privacy,
      isEnabled: ({ name }) => filter.enables('operator', name, 'info'),
    },
    ...(detail.slowerThan === undefined ? {} : { detail: { slowerThan: detail.slowerThan } }),
    maxSpans: resolved.spanBudget,
    customFields: resolved.customSpanFields,
  };
}
