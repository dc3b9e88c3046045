import { packageBuild } from '../../tsup.base.ts';

export default packageBuild({
  index: 'src/index.ts',
  arrow: 'src/arrow/index.ts',
  profile: 'src/profile/index.ts',
  register: 'src/register/register.ts',
  instrumentation: 'src/instrumentation/index.ts',
});
