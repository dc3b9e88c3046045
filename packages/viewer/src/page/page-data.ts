import type { Run } from '@planscope/run-model';
import type { PageFinding, PageRun } from '../finding.ts';
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

/** Path of the events that bring new runs; undefined if the page gets none. */
export function readEvents(): string | undefined {
  return (readBlock('live') as { readonly events: string } | null)?.events;
}

const open = new Map<number, OpenRun>();
/** Opened runs that are kept; reading one again takes a moment, and keeping all of them takes their memory. */
const KEPT = 8;

/** Texts of the runs that came while the page was open, by index. */
const received = new Map<number, string>();

/** Keeps the text of a run that came while the page was open; its earlier text goes. */
export function keepRun(index: number, text: string): void {
  received.set(index, text);
  open.delete(index);
}

/** Forgets a run that came while the page was open. */
export function forgetRun(index: number): void {
  received.delete(index);
  open.delete(index);
}

/** Reads a run from the page when it is opened. */
export function openRun(index: number): OpenRun {
  const known = open.get(index);
  if (known !== undefined) return known;
  const text = received.get(index);
  const { run, findings = [] } = (text === undefined ? readBlock(`run-${index}`) : JSON.parse(text)) as PageRun;
  const opened = { run, findings, plan: indexPlan(run) };
  if (open.size >= KEPT) open.delete(open.keys().next().value as number);
  open.set(index, opened);
  return opened;
}
