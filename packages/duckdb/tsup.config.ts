import { packageBuild } from '../../tsup.base.ts';

// The driver's native module is resolved from `import.meta.url`, which CommonJS has to be given.
export default packageBuild({ index: 'src/index.ts' }, { shims: true });
