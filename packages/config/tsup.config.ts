import { inferredTypes, packageBuild } from '../../tsup.base.ts';

// The configuration's types are inferred from its schema.
export default packageBuild({ index: 'src/index.ts' }, { dts: inferredTypes });
