import { DuckDBError, duckdbDialect, duckdbSchema, readDuckDBProfile } from '@planscope/duckdb/profile';
import { createTextsByKind } from '@planscope/redaction';
import { type Run, runFromReport } from '@planscope/run-model';

/**
 * The run of a profile of DuckDB. Its texts have the literals of the query, which are redacted as in a trace.
 *
 * @returns why it is no profile, if it is none
 */
export function runOfProfile(text: string): Run | string {
  try {
    const { report, warnings } = readDuckDBProfile(text);
    const texts = createTextsByKind({ dialect: duckdbDialect });
    return runFromReport(report, { schemas: [duckdbSchema], warnings, redact: (text, kind) => texts.text(kind, text) });
  } catch (error) {
    // Without the name of the package, which a person at the terminal does not know.
    if (error instanceof DuckDBError) return `no trace or run, and ${error.message.replace(/^\[.*?\] /, '')}`;
    throw error;
  }
}
