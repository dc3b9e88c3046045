/** One thing that was looked at. */
export interface Finding {
  /** `problem`: spans will not arrive; `hint`: they may arrive otherwise than expected. */
  readonly verdict: 'ok' | 'hint' | 'problem';
  /** What was looked at: a field of the configuration, an exporter, or the process. */
  readonly subject: string;
  /** What was found and what to do about it, in plain words. */
  readonly message: string;
}

export function ok(subject: string, message: string): Finding {
  return { verdict: 'ok', subject, message };
}

export function hint(subject: string, message: string): Finding {
  return { verdict: 'hint', subject, message };
}

export function problem(subject: string, message: string): Finding {
  return { verdict: 'problem', subject, message };
}
