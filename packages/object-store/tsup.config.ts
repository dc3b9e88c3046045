import { packageBuild } from '../../tsup.base.ts';

export default packageBuild({
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  az: 'src/az/index.ts',
  gs: 'src/gs/index.ts',
  s3: 'src/s3/index.ts',
});
