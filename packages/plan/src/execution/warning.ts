/** Something a run's reader should know that did not stop it. */
export interface RunWarning {
  /** Stable code in kebab case, for example `profile-missing`. */
  readonly code: string;
  /** One sentence with what happened and what to do; no literals of the user's data. */
  readonly message: string;
  /** Name of the operator it is about. */
  readonly operator?: string;
}

/** Takes the warnings of a run. */
export type WarningSink = (warning: RunWarning) => void;
