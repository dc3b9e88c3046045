import { bundledBuild } from '../../tsup.bundled.ts';

export default bundledBuild({ index: 'src/index.ts' });
