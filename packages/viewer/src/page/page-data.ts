import type { Run } from '@planscope/run-model';
import type { PageFinding } from '../finding.ts';
import { indexPlan, type PlanIndex } from '../plan/plan-measures.ts';
import type { PageLocation } from './page-location.ts';
import type { RunSummary } from './run-summary.ts';

/** A run that is open, with its findings and the index of its plan. */
export interface OpenRun {
  readonly run: Run;
  readonly findings: readonly PageFinding[];
  readonly plan: PlanIndex;
}

/** What each view of a run gets. */
export interface ViewProps {
  readonly opened: OpenRun;
  readonly location: PageLocation;
  /** Shows something else, and says so in the address. */
  readonly go: (change: Partial<PageLocation>) => void;
}

function readBlock(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null');
}

export function readSummaries(): readonly RunSummary[] {
  return readBlock('summaries') as RunSummary[];
}

const open = new Map<number, OpenRun>();
/** Opened runs that are kept; reading one again takes a moment, and keeping all of them takes their memory. */
const KEPT = 8;

/** Reads a run from the page when it is opened. */
export function openRun(index: number): OpenRun {
  const known = open.get(index);
  if (known !== undefined) return known;
  const { run, findings } = readBlock(`run-${index}`) as { run: Run; findings: PageFinding[] };
  const opened = { run, findings, plan: indexPlan(run) };
  if (open.size >= KEPT) open.delete(open.keys().next().value as number);
  open.set(index, opened);
  return opened;
}
