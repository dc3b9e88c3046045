import type { QueryOptions, QueryPreset, TraceConnectionOptions } from './trace-options.ts';

/** What a preset decides for one query. */
interface QueryPresetSettings {
  readonly skip: boolean;
  readonly recordMetrics: boolean;
  readonly ruleMode: 'full' | 'phase-only' | 'disabled';
  /** Draws what the instance's log tells, where the program lent it. */
  readonly io: boolean;
}

const EVERYTHING: QueryPresetSettings = { skip: false, recordMetrics: true, ruleMode: 'full', io: true };

/** A traced connection shows no rows, so with data and without come to the same. */
export const queryPresets: Readonly<Record<QueryPreset, QueryPresetSettings>> = {
  maximal: EVERYTHING,
  'maximal-no-data': EVERYTHING,
  'production-lean': { ...EVERYTHING, ruleMode: 'phase-only' },
  off: { skip: true, recordMetrics: false, ruleMode: 'disabled', io: false },
};

/** What a connection starts from, as everything else of Planscope does. */
const DEFAULT_PRESET: QueryPreset = 'production-lean';

/** Whether a query is left out altogether. */
export function isSkipped({ skip, preset }: QueryOptions, ofConnection: QueryPreset = DEFAULT_PRESET): boolean {
  return skip ?? queryPresets[preset ?? ofConnection].skip;
}

/** The options of a connection over what its preset says. */
export function fromPreset(options: TraceConnectionOptions): TraceConnectionOptions {
  const { recordMetrics, ruleMode } = queryPresets[options.preset ?? DEFAULT_PRESET];
  return {
    ...options,
    planning: { mode: ruleMode, ...options.planning },
    operators: { recordMetrics, ...options.operators },
  };
}

/** The options of a connection, with what the preset of a call decides in their place. */
export function withPreset(options: TraceConnectionOptions, preset: QueryPreset): TraceConnectionOptions {
  const { recordMetrics, ruleMode, io } = queryPresets[preset];
  const { traceIo, ...others } = options;
  return {
    ...others,
    planning: { ...options.planning, mode: ruleMode, analyzer: ruleMode, optimizer: ruleMode, physical: ruleMode },
    operators: { ...options.operators, recordMetrics },
    ...(io && traceIo !== undefined ? { traceIo } : {}),
  };
}
