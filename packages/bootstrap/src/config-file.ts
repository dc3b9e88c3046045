import { BootstrapError } from './bootstrap-error.ts';

/** Why the declarative configuration of `OTEL_CONFIG_FILE` is not followed, and what to do; undefined if it is not set. */
export function explainConfigFile(): string | undefined {
  const { OTEL_CONFIG_FILE: file } = process.env;
  if (!file) return undefined;
  return (
    `OTEL_CONFIG_FILE: the file ${JSON.stringify(file)} is not read, and to trace by another configuration would not be ` +
    'what it asks for. Start an SDK that reads it before startTracing, which then uses that SDK ' +
    '(startNodeSdk of @opentelemetry/sdk-node from 0.301 on); or unset the variable and configure by OTEL_* or PLANSCOPE_* ' +
    'variables; or use register: "never" for a pipeline beside that SDK'
  );
}

/** @throws BootstrapError if `OTEL_CONFIG_FILE` is set */
export function refuseConfigFile(): void {
  const reason = explainConfigFile();
  if (reason !== undefined) throw new BootstrapError('unsupported-config-file', reason);
}
