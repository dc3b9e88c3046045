import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { CONFIG_FILE_VARIABLE } from './environment/read-planscope-environment.ts';
import { isPlainObject } from './layers/layer.ts';
import type { ConfigFile } from './resolved-tracing.ts';

/** The file to read if none is named. */
export const CONFIG_FILE_NAME = 'planscope.config.json';

/** Where to look for a configuration file. */
export interface LoadConfigFileOptions {
  /** Path of the file; default the one that `PLANSCOPE_CONFIG` names, else `planscope.config.json`. */
  readonly path?: string;
  /** Directory that a relative path starts from; default the working directory. */
  readonly directory?: string;
  /** The process environment; default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a configuration file; `resolveTracingConfig` checks its content.
 *
 * @returns undefined when no file was named and the default file does not exist
 * @throws ConfigError `unreadable-config` when a named file is missing, or a file is not a JSON object
 */
export function loadConfigFile(options: LoadConfigFileOptions = {}): ConfigFile | undefined {
  const environment = options.environment ?? process.env;
  const named = options.path ?? (environment[CONFIG_FILE_VARIABLE]?.trim() || undefined);
  const path = named ?? CONFIG_FILE_NAME;
  const origin =
    options.path === undefined && named !== undefined ? `environment ${CONFIG_FILE_VARIABLE}` : `file ${path}`;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(resolve(options.directory ?? '.', path), 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && named === undefined) return undefined;
    throw unreadable(path, origin, missing ? 'does not exist' : `cannot be read: ${(cause as Error).message}`, cause);
  }
  if (!isPlainObject(content)) throw unreadable(path, origin, 'holds no JSON object');
  const { $schema: _, ...config } = content;
  return { path, content: config };
}

function unreadable(path: string, origin: string, reason: string, cause?: unknown): ConfigError {
  const allowed = ['path of a file that holds one JSON object'];
  const message = `the configuration file ${path} ${reason} (from ${origin}); use the ${allowed.join()}`;
  return new ConfigError([{ field: 'file', value: path, allowed, origin, message }], {
    code: 'unreadable-config',
    ...(cause === undefined ? {} : { cause }),
  });
}
