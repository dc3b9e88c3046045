import { DuckDBInstance } from '@duckdb/node-api';
import type { Block } from './document.ts';
import { type Finding, finding } from './finding.ts';

/** Whether DuckDB can parse the statements; the tables they name need not exist. */
export async function checkSql(blocks: readonly Block[]): Promise<Finding[]> {
  if (blocks.length === 0) return [];
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const findings: Finding[] = [];
    for (const block of blocks) {
      try {
        await connection.extractStatements(block.code);
      } catch (error) {
        findings.push(finding(block, String(error)));
      }
    }
    return findings;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
