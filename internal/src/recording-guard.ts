import { diag } from '@opentelemetry/api';

/** A warning of a run, as its sink gets it. */
interface Warning {
  readonly code: string;
  readonly message: string;
}

/** Where a failure is reported. */
interface FailurePlace<SinkWarning> {
  /** Identity of the owner of the recorders; each of them warns once: a run, or the instrumentation of one store. */
  readonly owner: object;
  /** Name of the recorder; default one for the owner. */
  readonly recorder?: string;
  /** Gets the warning; default the diagnostic logger of OpenTelemetry. */
  readonly warn?: ((warning: SinkWarning) => void) | undefined;
}

/** Runs recorders so that their failure never fails the query. */
export class RecordingGuard {
  readonly #packageName: string;
  readonly #warned = new WeakMap<object, Set<string>>();

  /** @param packageName prefix of a warning on the diagnostic logger, for example `planscope/duckdb` */
  constructor(packageName: string) {
    this.#packageName = packageName;
  }

  /**
   * The result of recording, or undefined if it failed.
   *
   * @param onFailure words and reports the failure, as with {@link warnOnce}; it must not throw
   */
  attempt<Value>(record: () => Value, onFailure: (error: unknown) => void): Value | undefined {
    try {
      return record();
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }

  /** Warns of the first failure of a recorder. If the sink itself fails, the diagnostic logger gets the message. */
  warnOnce<SinkWarning extends Warning>(
    { owner, recorder = '', warn }: FailurePlace<SinkWarning>,
    warning: SinkWarning,
  ): void {
    const warned = this.#warned.get(owner) ?? new Set();
    this.#warned.set(owner, warned);
    if (warned.has(recorder)) return;
    warned.add(recorder);
    try {
      if (warn !== undefined) {
        warn(warning);
        return;
      }
    } catch {
      // Reported below.
    }
    diag.warn(`[${this.#packageName}] ${warning.message}`);
  }
}
