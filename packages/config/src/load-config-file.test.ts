import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfigFile } from './load-config-file.ts';
import { resolveTracingConfig } from './resolve-tracing-config.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'planscope-config-'));
  const content = { $schema: './schema.json', preset: 'maximal', preview: { limit: 3 } };
  writeFileSync(join(directory, 'planscope.config.json'), JSON.stringify(content));
  writeFileSync(join(directory, 'other.json'), '{"spanBudgte": 1}');
  writeFileSync(join(directory, 'broken.json'), '{"preset": ');
  writeFileSync(join(directory, 'list.json'), '[]');
});

afterAll(() => rmSync(directory, { recursive: true }));

function failure(options: Parameters<typeof loadConfigFile>[0]): ConfigError {
  try {
    loadConfigFile({ environment: {}, directory, ...options });
  } catch (error) {
    if (ConfigError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the file was read');
}

it('reads planscope.config.json and leaves the name of its schema out', () => {
  const file = loadConfigFile({ directory, environment: {} });
  expect(file).toEqual({ path: 'planscope.config.json', content: { preset: 'maximal', preview: { limit: 3 } } });
  const { config, explain } = resolveTracingConfig({ environment: {}, ...(file && { file }) });
  expect(config.preview.limit).toBe(3);
  expect(explain().find(({ field }) => field === 'preview.limit')).toMatchObject({
    source: 'file',
    origin: 'planscope.config.json',
  });
});

it('gives nothing when there is no file and none was named', () => {
  expect(loadConfigFile({ directory: tmpdir(), environment: {} })).toBeUndefined();
});

it('reads the file that PLANSCOPE_CONFIG names, and what is wrong in it is reported with its name', () => {
  const environment = { PLANSCOPE_CONFIG: 'other.json' };
  const file = loadConfigFile({ directory, environment });
  expect(() => resolveTracingConfig({ environment, ...(file && { file }) })).toThrow(
    /unknown field spanBudgte \(from file other\.json\); did you mean spanBudget\?/,
  );
});

it('refuses a named file that is not there', () => {
  expect(failure({ environment: { PLANSCOPE_CONFIG: 'nowhere.json' } }).message).toBe(
    '[planscope/config] the configuration file nowhere.json does not exist (from environment PLANSCOPE_CONFIG); use the path of a file that holds one JSON object',
  );
  expect(failure({ path: 'nowhere.json' })).toMatchObject({ code: 'unreadable-config', field: 'file' });
});

it('refuses what is not a JSON object, with its cause', () => {
  expect(failure({ path: 'broken.json' }).cause).toBeInstanceOf(SyntaxError);
  expect(failure({ path: 'list.json' }).message).toContain('list.json holds no JSON object');
  expect(failure({ path: '.' }).message).toContain('cannot be read: EISDIR');
});
