// For users
export { type DescribeErrorOptions, describeError, type ErrorDescription } from './describe-error.ts';
// For other Planscope packages
export { createPlaceholders, type Placeholders } from './placeholders.ts';
export { redactPlan, redactPlanEntries } from './redact-plan.ts';
export { redactSql } from './redact-sql.ts';
export { redactUrl } from './redact-url.ts';
export { redactUrls } from './redact-urls.ts';
export { sqlIdentifiers } from './sql-identifiers.ts';
export type { RedactTextOptions } from './text-options.ts';
export { createTextRedactor, type TextRedactor, type TextRedactorOptions } from './text-redactor.ts';
export { truncateText } from './truncate-text.ts';
