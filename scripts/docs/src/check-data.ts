import { resolveTracingConfig } from '@planscope/config';
import { parseAllDocuments } from 'yaml';
import type { Block } from './document.ts';
import { type Finding, finding } from './finding.ts';

/** Whether JSON can be read, and is a tracing configuration where the comment says so. */
export function checkJson(block: Block): Finding[] {
  try {
    const value: unknown = JSON.parse(block.code);
    if (block.directive.config) checkConfig(value);
    return [];
  } catch (error) {
    return [finding(block, String(error))];
  }
}

/** Whether YAML can be read, without a warning. */
export function checkYaml(block: Block): Finding[] {
  return parseAllDocuments(block.code, { strict: true })
    .flatMap(({ errors, warnings }) => [...errors, ...warnings])
    .map(({ message }) => finding(block, message));
}

/** @throws ConfigError for what Planscope refuses */
function checkConfig(value: unknown): void {
  const { $schema: _, ...explicit } = value as Record<string, unknown>;
  resolveTracingConfig({ environment: {}, explicit });
}
