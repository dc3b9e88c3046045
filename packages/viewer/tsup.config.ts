import { packageBuild } from '../../tsup.base.ts';
import { bundlePage } from './src/bundle-page.ts';

export default packageBuild(
  { index: 'src/index.ts' },
  {
    esbuildPlugins: [
      {
        name: 'page-assets',
        setup(build) {
          build.onLoad({ filter: /[/\\]page-assets\.ts$/ }, () => ({
            contents: `const assets = ${JSON.stringify(bundlePage())};\nexport const pageAssets = () => assets;`,
            loader: 'js',
          }));
        },
      },
    ],
  },
);
