import type { PresetName, TracingConfigInput } from './tracing-config.ts';

/** What each preset sets; every preset sets the same fields, so that none depends on a default. */
export const presets: Readonly<Record<PresetName, TracingConfigInput>> = {
  maximal: {
    enabled: true,
    recordMetrics: true,
    ruleMode: 'full',
    planDiff: 'on',
    preview: { limit: 5 },
    instrumentObjectStore: true,
  },
  'maximal-no-data': {
    enabled: true,
    recordMetrics: true,
    ruleMode: 'full',
    planDiff: 'on',
    preview: { limit: 0 },
    instrumentObjectStore: true,
  },
  'production-lean': {
    enabled: true,
    recordMetrics: true,
    ruleMode: 'phase-only',
    planDiff: 'off',
    preview: { limit: 0 },
    instrumentObjectStore: true,
  },
  off: {
    enabled: false,
    recordMetrics: false,
    ruleMode: 'disabled',
    planDiff: 'off',
    preview: { limit: 0 },
    instrumentObjectStore: false,
  },
};
