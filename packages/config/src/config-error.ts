import { errorMarker } from '@planscope/internal/error-marker';

const marker = errorMarker('planscope.config.ConfigError');

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Path of the field, for example `preview.limit`. */
  readonly field: string;
  /** The value that was refused; masked if the field holds secrets. */
  readonly value: unknown;
  /** The allowed values, or one phrase that describes them. */
  readonly allowed: readonly string[];
  /** Where the value came from, for example `environment OTEL_BSP_MAX_QUEUE_SIZE`. */
  readonly origin: string;
  /** The whole problem in one sentence. */
  readonly message: string;
}

/** Says what is wrong with a configuration: every problem at once, each with field, value and allowed values. */
export class ConfigError extends Error {
  /** Stable: `invalid-config` for bad values, `unreadable-config` for a file that could not be read or parsed. */
  readonly code: 'invalid-config' | 'unreadable-config';
  readonly problems: readonly ConfigProblem[];
  /** Field, value and allowed values of the first problem. */
  readonly field: string;
  readonly value: unknown;
  readonly allowed: readonly string[];

  constructor(
    problems: readonly [ConfigProblem, ...ConfigProblem[]],
    options: { code?: 'invalid-config' | 'unreadable-config'; cause?: unknown } = {},
  ) {
    const lines = problems.map(({ message }) => message);
    super(
      lines.length === 1
        ? `[planscope/config] ${lines[0]}`
        : `[planscope/config] ${lines.length} problems in the configuration:\n${lines.map((line) => `- ${line}`).join('\n')}`,
      'cause' in options ? { cause: options.cause } : undefined,
    );
    this.name = 'ConfigError';
    this.code = options.code ?? 'invalid-config';
    this.problems = problems;
    this.field = problems[0].field;
    this.value = problems[0].value;
    this.allowed = problems[0].allowed;
    marker.set(this);
  }

  /** Whether the error is a ConfigError, from this copy of the package or another. */
  static isInstance(error: unknown): error is ConfigError {
    return marker.isOn(error);
  }
}
