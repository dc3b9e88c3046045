// For users

export { type DescribeErrorOptions, describeError, type ErrorDescription } from './describe-error.ts';
export { redactPlan, redactPlanEntries, redactSql } from './redact-sql.ts';
export { type RedactUrlOptions, redactUrl, redactUrls } from './redact-url.ts';
export { type DialectErrors, type SqlDialect, standardSql } from './sql-dialect.ts';
export {
  type SqlIdentifiersOptions,
  type SqlToken,
  type SqlTokensOptions,
  sqlIdentifiers,
  sqlTokens,
} from './sql-tokens.ts';
export { createPlaceholders, type Placeholders, type RedactTextOptions } from './text-options.ts';
export { createTextRedactor, type TextRedactor, type TextRedactorOptions } from './text-redactor.ts';
export {
  type AttributeText,
  type AttributeTexts,
  createAttributeTexts,
  createTextsByKind,
  type KindOfText,
  type TextsByKind,
  type TextsByKindOptions,
} from './texts-by-kind.ts';
export { truncateText } from './truncate-text.ts';

// For other Planscope packages

export { outlineSql, type SqlSymbol } from './outline-sql.ts';
export { querySummary, type SqlSummary, summarizeSql } from './summarize-sql.ts';
