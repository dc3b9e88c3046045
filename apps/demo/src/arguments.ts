import { parseArgs } from 'node:util';

export const PRESETS = ['maximal', 'maximal-no-data', 'production-lean', 'off'] as const;
export type DemoPreset = (typeof PRESETS)[number];

export interface DemoArguments {
  readonly help: boolean;
  readonly preset: DemoPreset;
  /** A query to run in place of the demo's specification. */
  readonly sql: string | undefined;
  /** Base URL of an OTLP/HTTP collector to send the trace to as well. */
  readonly otlp: string | undefined;
  /** URL of a trace viewer; `{traceId}` in it stands for the trace. */
  readonly viewer: string | undefined;
}

export const HELP: string = `Usage: npm run demo -- [options]

Runs a specification over 3,000,000 real flights and shows the trace of the run.

Options:
  --preset <name>   how much is traced: ${PRESETS.join(', ')} (default maximal)
  --sql "<query>"   run this query over the tables flights and airports instead
  --otlp <url>      also send the trace to a collector, for example http://127.0.0.1:4318
  --viewer <url>    print a link to the trace, for example http://127.0.0.1:16686/trace/{traceId}
  --help            show this text
`;

/** A command line that the demo cannot follow; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError for an unknown flag, preset or a URL that is none */
export function readArguments(argv: readonly string[]): DemoArguments {
  const { preset, sql, otlp, viewer, help } = parse(argv);
  return { help, preset: knownPreset(preset), sql, otlp: httpUrl('--otlp', otlp), viewer: httpUrl('--viewer', viewer) };
}

const options = {
  preset: { type: 'string', default: 'maximal' },
  sql: { type: 'string' },
  otlp: { type: 'string' },
  viewer: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv].filter((argument, index) => index > 0 || argument !== '--'), options }).values;
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${reason}; known options are ${known.join(', ')}`, { cause: error });
  }
}

function knownPreset(name: string): DemoPreset {
  const preset = PRESETS.find((known) => known === name);
  if (preset === undefined) throw new UsageError(`unknown preset "${name}"; use one of ${PRESETS.join(', ')}`);
  return preset;
}

function httpUrl(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`${flag} "${text}" is not an http or https URL; write it like http://127.0.0.1:4318`);
  }
  return text;
}
