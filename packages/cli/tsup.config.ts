import { packageBuild } from '../../tsup.base.ts';

export default packageBuild(
  { main: 'src/main.ts' },
  {
    format: ['esm'],
    dts: false,
    // Most commands do without the driver of DuckDB.
    splitting: true,
  },
);
