import type { RequestActivity } from '../events/activity-tally.ts';
import type { ObjectState } from '../events/engine-event.ts';
import { locateRequests } from './request-reports.ts';

/** The state of an object, as its server described it when DuckDB asked for the object. */
export interface SeenObject extends ObjectState {
  /** As the query names it. */
  readonly location: string;
}

/**
 * The states of objects in the responses that DuckDB logged. An object is there once for each state; one that DuckDB did not
 * ask for, or whose responses say nothing of it, is not there.
 *
 * @param paths of the objects that the query names
 */
export function seenObjects(requests: readonly RequestActivity[], paths: readonly string[]): SeenObject[] {
  const named = new Set(paths);
  const seen = new Map<string, SeenObject>();
  for (const { request, location } of locateRequests(requests, paths)) {
    if (request.state === undefined || !named.has(location)) continue;
    const { etag, generation, modified, size } = request.state;
    seen.set(JSON.stringify([location, etag, generation, modified, size?.toString()]), { location, ...request.state });
  }
  return [...seen.values()];
}
