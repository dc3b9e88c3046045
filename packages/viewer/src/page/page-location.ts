/** The views of a run, in the order of their tabs. */
export const VIEWS = ['plan', 'timeline', 'operators', 'storage', 'planning', 'stages', 'sql', 'run'] as const;
export type View = (typeof VIEWS)[number];

/** What the page shows, as its address says it: `#run=…&view=plan&operator=…`. */
export interface PageLocation {
  /** Id of the run; absent for the first. */
  readonly run?: string | undefined;
  readonly view: View;
  readonly operator?: string | undefined;
  readonly span?: string | undefined;
}

export function readLocation(hash: string): PageLocation {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const [run, operator, span] = ['run', 'operator', 'span'].map((key) => fields.get(key) ?? undefined);
  const view = VIEWS.find((name) => name === fields.get('view')) ?? 'plan';
  return { run, view, operator, span };
}

export function writeLocation({ run, view, operator, span }: PageLocation): string {
  const fields = new URLSearchParams();
  if (run !== undefined) fields.set('run', run);
  fields.set('view', view);
  if (operator !== undefined) fields.set('operator', operator);
  if (span !== undefined) fields.set('span', span);
  return `#${fields}`;
}
