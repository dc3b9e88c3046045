import { type FileOptions, renderFileOptions } from './file-options.ts';
import type { FileFormat } from './input-binding.ts';
import { quoteString } from './quote.ts';

/**
 * The statement that writes a query's rows into one file.
 *
 * @param options of COPY, for example `{ compression: 'zstd' }`
 */
export function copyStatement(query: string, path: string, format: FileFormat, options: FileOptions = {}): string {
  const settings = [`FORMAT ${format}`, ...renderFileOptions(options, ' ')];
  return `COPY (\n${query}\n) TO ${quoteString(path)} (${settings.join(', ')})`;
}
