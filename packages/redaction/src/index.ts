// For users

export { type DescribeErrorOptions, describeError, type ErrorDescription } from './describe-error.ts';
export { createPlaceholders, type Placeholders } from './placeholders.ts';
export { redactPlan, redactPlanEntries } from './redact-plan.ts';
export { redactSql } from './redact-sql.ts';
export { type RedactUrlOptions, redactUrl } from './redact-url.ts';
export { redactUrls } from './redact-urls.ts';
export type { DialectErrors, SqlDialect } from './sql-dialect.ts';
export { type SqlIdentifiersOptions, sqlIdentifiers } from './sql-identifiers.ts';
export { standardSql } from './standard-sql.ts';
export type { RedactTextOptions } from './text-options.ts';
export { createTextRedactor, type TextRedactor, type TextRedactorOptions } from './text-redactor.ts';
export { createTextsByKind, type KindOfText, type TextsByKind, type TextsByKindOptions } from './texts-by-kind.ts';
export { truncateText } from './truncate-text.ts';

// For other Planscope packages

export { type AttributeText, type AttributeTexts, createAttributeTexts } from './attribute-texts.ts';
export { outlineSql, type SqlSymbol } from './outline-sql.ts';
export { type SqlToken, type SqlTokensOptions, sqlTokens } from './sql-tokens.ts';
