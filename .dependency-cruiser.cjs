// Which package may import which: the picture in ARCHITECTURE.md, enforced.
const all = [
  'bootstrap',
  'config',
  'duckdb',
  'engine',
  'exec-instrumentation',
  'findings',
  'metrics-collector',
  'object-store',
  'plan',
  'preview',
  'query-log',
  'redaction',
  'rule-instrumentation',
  'run-model',
  'semconv',
  'testing',
  'trino',
  'viewer',
];

const mayImport = {
  semconv: [],
  plan: ['semconv'],
  config: [],
  redaction: [],
  preview: ['redaction'],
  // run-model: its reader of spans and its tree, which the build of bootstrap holds.
  bootstrap: ['config', 'semconv', 'run-model'],
  'rule-instrumentation': ['plan', 'semconv', 'redaction'],
  'exec-instrumentation': ['plan', 'semconv', 'preview', 'redaction'],
  'object-store': ['plan', 'semconv', 'redaction'],
  'metrics-collector': ['plan', 'semconv'],
  'run-model': ['plan', 'semconv'],
  viewer: ['run-model', 'semconv'],
  // config and bootstrap: types alone, by `register`, which loads them where they are installed.
  duckdb: ['plan', 'semconv', 'redaction', 'rule-instrumentation', 'exec-instrumentation', 'config', 'bootstrap'],
  trino: ['plan', 'semconv', 'redaction', 'rule-instrumentation', 'exec-instrumentation'],
  findings: ['run-model', 'semconv'],
  'query-log': ['run-model', 'findings', 'semconv'],
  engine: all,
  testing: ['semconv', 'run-model'],
  cli: ['bootstrap', 'config', 'duckdb', 'findings', 'redaction', 'run-model', 'viewer'],
};

const tests = '[.]test[.]ts$|/test/|[.]setup[.]ts$';
const sdk = '@opentelemetry/(sdk-|exporter-|otlp-|context-async-hooks|resources|core)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'imports-of-internal',
      comment:
        'Every package may use it, so it uses none but the constants, and it has no state that copies would split.',
      severity: 'error',
      from: { path: '^internal/' },
      to: { path: '^packages/(?!semconv/)' },
    },
    {
      name: 'internal-is-for-packages',
      severity: 'error',
      from: { path: '^(apps|examples)/' },
      to: { path: '^internal/' },
    },
    ...Object.entries(mayImport).map(([name, allowed]) => ({
      name: `imports-of-${name}`,
      severity: 'error',
      from: { path: `^packages/${name}/src`, pathNot: tests },
      to: {
        path: `^packages/(${all.filter((other) => other !== name && !allowed.includes(other)).join('|') || 'none'})/`,
      },
    })),
    {
      name: 'only-types-of-plan',
      severity: 'error',
      from: { path: '^packages/(object-store|run-model)/src', pathNot: tests },
      // Of plan's code only what reads reports and the clock that all spans of a run share, without plans and Arrow.
      to: {
        path: '^packages/plan/',
        pathNot: '^packages/plan/src/report/index\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'register-alone-reads-the-environment',
      severity: 'error',
      from: { path: '^packages/duckdb/src', pathNot: `^packages/duckdb/src/register/|${tests}` },
      to: { path: '^packages/(config|bootstrap)/' },
    },
    {
      name: 'register-needs-no-config',
      severity: 'error',
      from: { path: '^packages/duckdb/src/register/', pathNot: tests },
      to: { path: '^packages/(config|bootstrap)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sdk-in-bootstrap-and-testing-only',
      severity: 'error',
      from: { path: '^packages/(?!bootstrap/|testing/)[^/]+/src', pathNot: tests },
      to: { path: sdk },
    },
    {
      name: 'no-scripts-in-packages',
      comment: 'Tests of a package use what is below or beside it; what looks at all packages is in schema or scripts.',
      severity: 'error',
      from: { path: '^(packages|internal|schema|apps)/' },
      to: { path: '^scripts/' },
    },
    {
      name: 'schema-is-above-the-packages',
      severity: 'error',
      from: { path: '^(packages|internal|apps|examples)/' },
      to: { path: '^schema/' },
    },
    {
      name: 'examples-are-users',
      comment: 'They have what a user has: the public entries of the packages, and no other example.',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: {
        path: '^(packages|apps|bench|scripts|examples)/',
        pathNot: [
          '^packages/[^/]+/src/index[.]ts$',
          '^packages/[^/]+/src/[^/]+/index[.]ts$',
          '^examples/$1/',
          '^scripts/examples/',
        ],
      },
    },
    {
      name: 'examples-know-nothing-of-their-check',
      severity: 'error',
      from: { path: '^examples/[^/]+/src/' },
      to: { path: '^scripts/' },
    },
    {
      name: 'no-tests-in-sources',
      severity: 'error',
      from: { path: '^packages/[^/]+/src', pathNot: tests },
      to: { path: '[.]test[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@planscope/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
