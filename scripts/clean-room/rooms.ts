/** Families of packages that a project gets only with the package that needs them. */
export const families = {
  sdk: /^@opentelemetry\/(?:sdk-|exporter-|otlp-|context-async-hooks|resources|core)/,
  clouds: /^@(?:aws-sdk|aws-crypto|smithy|google-cloud|azure|typespec)\//,
  duckdb: /^@duckdb\//,
  arrow: /^apache-arrow$/,
  zod: /^zod$/,
} as const;

export type Family = keyof typeof families;

/** An empty project with one package in it, and what that has to prove there. */
export interface Room {
  /** Folder of the package. */
  readonly name: string;
  /** What comes with it, as a dependency or as a peer; everything else of `families` must stay out. */
  readonly brings: readonly Family[];
  /** Programs that work with the package alone. */
  readonly programs: readonly string[];
  /** Programs that need what the install line of the README names beside the package. */
  readonly programsBeside?: readonly string[];
  /** Whether the driver is a peer, so that the programs have to run with the oldest and the newest that its range takes. */
  readonly hasDriver?: true;
  /** Whether there is a program that loads the ESM and the CommonJS build at once; needless where a package holds no state. */
  readonly hasBothBuilds: boolean;
}

/** Those that take longest come first. */
export const rooms: readonly Room[] = [
  {
    name: 'engine',
    brings: ['duckdb', 'arrow', 'zod'],
    programs: ['engine'],
    hasDriver: true,
    hasBothBuilds: true,
  },
  { name: 'duckdb', brings: ['duckdb', 'arrow'], programs: ['duckdb'], hasDriver: true, hasBothBuilds: true },
  { name: 'exec-instrumentation', brings: ['arrow'], programs: ['exec-instrumentation'], hasBothBuilds: true },
  { name: 'object-store', brings: [], programs: ['object-store', 'object-store-clouds'], hasBothBuilds: true },
  { name: 'bootstrap', brings: ['sdk', 'zod'], programs: ['bootstrap'], hasBothBuilds: true },
  { name: 'rule-instrumentation', brings: [], programs: ['rule-instrumentation'], hasBothBuilds: true },
  {
    name: 'plan',
    brings: [],
    programs: ['plan-report'],
    programsBeside: ['plan', 'plan-testing'],
    hasBothBuilds: true,
  },
  { name: 'metrics-collector', brings: [], programs: ['metrics-collector'], hasBothBuilds: false },
  { name: 'testing', brings: ['sdk'], programs: ['testing'], hasBothBuilds: true },
  { name: 'preview', brings: ['arrow'], programs: ['preview'], hasBothBuilds: false },
  { name: 'redaction', brings: [], programs: ['redaction'], hasBothBuilds: true },
  { name: 'config', brings: ['zod'], programs: ['config'], hasBothBuilds: false },
  { name: 'semconv', brings: [], programs: ['semconv'], hasBothBuilds: false },
];
