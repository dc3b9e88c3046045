import { packageBuild } from '../../tsup.base.ts';

// The copy of the OpenTelemetry API is resolved from `import.meta.url`, which CommonJS has to be given.
export default packageBuild({ index: 'src/index.ts' }, { shims: true });
