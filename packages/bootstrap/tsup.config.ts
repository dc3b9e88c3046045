import { bundledBuild } from '../../tsup.bundled.ts';

// The copy of the OpenTelemetry API is resolved from `import.meta.url`, which CommonJS has to be given.
export default bundledBuild({ index: 'src/index.ts' }, { shims: true });
