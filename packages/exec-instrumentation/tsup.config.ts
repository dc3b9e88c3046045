import { packageBuild } from '../../tsup.base.ts';

export default packageBuild({ index: 'src/index.ts', report: 'src/report/index.ts' });
