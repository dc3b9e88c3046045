import { bundledBuild } from '../../tsup.bundled.ts';

// The copy of the OpenTelemetry API is resolved from `import.meta.url`, which CommonJS has to be given. Of the model of
// a run, the console needs the reader of spans and the tree: programs in production do not install the rest for it.
export default bundledBuild({ index: 'src/index.ts' }, { shims: true }, [/^@planscope\/run-model$/]);
