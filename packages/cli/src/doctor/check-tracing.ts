import { doctor, renderDoctorReport } from '@planscope/bootstrap';
import { ConfigError, loadConfigFile, type ResolvedTracing, resolveTracingConfig } from '@planscope/config';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../output/terminal.ts';

/** What a check of the tracing found. */
export interface TracingCheck {
  readonly isHealthy: boolean;
  /** Plain JSON. */
  readonly report: unknown;
  /** The report as text. */
  readonly text: string;
}

/** What to check. */
export interface TracingCheckOptions {
  /** A configuration file besides the environment. */
  readonly file: string | undefined;
  readonly environment: Terminal['environment'];
  /** Longest wait for a receiver in milliseconds. */
  readonly timeoutMillis: number;
}

/**
 * Sends a test span with the configuration of the environment.
 *
 * @throws CommandError if the configuration is invalid
 */
export async function checkTracing({ file, environment, timeoutMillis }: TracingCheckOptions): Promise<TracingCheck> {
  const { config } = configured(file, environment);
  const report = await doctor(config, { timeoutMillis });
  return { isHealthy: report.healthy, report, text: renderDoctorReport(report) };
}

function configured(path: string | undefined, environment: Terminal['environment']): ResolvedTracing {
  try {
    const file = loadConfigFile({ environment, ...(path === undefined ? {} : { path }) });
    return resolveTracingConfig({ environment, ...(file === undefined ? {} : { file }) });
  } catch (error) {
    if (ConfigError.isInstance(error)) throw new CommandError(error.message.replace(/^\[.*?\] /, ''), { cause: error });
    throw error;
  }
}
