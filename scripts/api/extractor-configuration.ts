import { join } from 'node:path';
import type { IExtractorConfigPrepareOptions } from '@microsoft/api-extractor';
import type { EntryPoint } from './entry-points.ts';

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

/**
 * How the extractor reads one entry point: as a program that installed the package sees it.
 * @param folder where the report goes
 */
export function extractorConfiguration(point: EntryPoint, folder: string): IExtractorConfigPrepareOptions {
  return {
    configObjectFullPath: undefined,
    packageJsonFullPath: join(point.packageFolder, 'package.json'),
    configObject: {
      projectFolder: point.packageFolder,
      mainEntryPointFilePath: point.types,
      compiler: { overrideTsconfig: { compilerOptions, files: [point.types] } },
      apiReport: {
        enabled: true,
        // A change of what an API only mentions is a change of the API. What a subpath mentions, the main report shows.
        includeForgottenExports: point.specifier === point.packageName,
        reportFileName: point.report,
        reportFolder: folder,
        reportTempFolder: join(folder, 'previous'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: level('error') },
        // Not into the report: these carry line numbers and the names of chunks, which change with every build.
        extractorMessageReporting: { default: level('warning'), 'ae-missing-release-tag': level('none') },
        tsdocMessageReporting: { default: level('none') },
      },
    },
  };
}

function level(logLevel: string): { logLevel: never } {
  return { logLevel: logLevel as never };
}
