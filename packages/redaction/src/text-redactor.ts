import { describeError, type ErrorDescription } from './describe-error.ts';
import { messagesOf } from './engine-message.ts';
import { redactPlan, redactPlanEntries, redactSql } from './redact-sql.ts';
import { redactUrl, redactUrls } from './redact-url.ts';
import { type SqlDialect, standardSql } from './sql-dialect.ts';
import type { RedactTextOptions } from './text-options.ts';
import { truncateText } from './truncate-text.ts';

/** One switch for each kind of text; everything is redacted unless its switch says otherwise. */
export interface TextRedactorOptions {
  /** The words of the engine that wrote the texts; default standard SQL, which hides more. */
  readonly dialect?: SqlDialect;
  /** `keep` leaves SQL unchanged, including literals, comments, and passwords in `SET`, `ATTACH` and `CREATE SECRET`. */
  readonly sqlLiterals?: 'redact' | 'keep';
  /**
   * `keep` leaves displayed plans and expressions unchanged, including literals of the query, values of dynamic filters
   * from the data, automatic column names and pivoted values.
   */
  readonly planLiterals?: 'redact' | 'keep';
  /** `keep` leaves messages and stacks unchanged, including failed conversions, duplicate keys and rows of files. */
  readonly errorMessages?: 'redact' | 'keep';
  /** `keep` leaves users, passwords, signatures and tokens in URLs. */
  readonly urlCredentials?: 'redact' | 'keep';
  /** Bytes that each text may have, the mark of a cut included, kept ones too; default 0, no limit. */
  readonly maxBytes?: number;
}

/** The redaction of every kind of text under one set of switches. */
export interface TextRedactor {
  sql(text: string, options?: RedactTextOptions): string;
  plan(text: string, options?: RedactTextOptions): string;
  planEntries(entries: readonly string[], options?: RedactTextOptions): string[];
  error(error: unknown, options?: Pick<RedactTextOptions, 'identifiers'>): ErrorDescription;
  url(text: string): string;
  /** Cleans the URLs inside another text. */
  urls(text: string): string;
}

/**
 * Makes a redactor.
 * @param options The dialect, and which kinds of text are kept; by default none.
 * @throws TypeError For a dialect with an invalid error template.
 */
export function createTextRedactor(options: TextRedactorOptions = {}): TextRedactor {
  const { dialect = standardSql, maxBytes = 0 } = options;
  messagesOf(dialect);
  const limit = { dialect, maxBytes };
  const keep = (text: string, more?: RedactTextOptions): string => truncateText(text, more?.maxBytes ?? limit.maxBytes);
  const keepEntries = (entries: readonly string[], more?: RedactTextOptions): string[] =>
    (more?.maxBytes ?? limit.maxBytes) > 0 ? keep(entries.join('\n'), more).split('\n') : [...entries];
  const keepsPlans = options.planLiterals === 'keep';
  const keepsUrls = options.urlCredentials === 'keep';
  return {
    sql: options.sqlLiterals === 'keep' ? keep : (text, more) => redactSql(text, { ...limit, ...more }),
    plan: keepsPlans ? keep : (text, more) => redactPlan(text, { ...limit, ...more }),
    planEntries: keepsPlans ? keepEntries : (entries, more) => redactPlanEntries(entries, { ...limit, ...more }),
    error: (error, more) => describeError(error, { messages: options.errorMessages, ...limit, ...more }),
    url: keepsUrls ? (text) => keep(text) : (text) => redactUrl(text, limit),
    urls: keepsUrls ? (text) => keep(text) : (text) => redactUrls(text, limit),
  };
}
