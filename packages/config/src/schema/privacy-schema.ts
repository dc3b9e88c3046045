import { z } from 'zod';

function privacySwitch(subject: string) {
  return z.enum(['redact', 'keep']).default('redact').describe(`Whether ${subject} are taken out or kept as they are.`);
}

/** One switch for each kind of user data that could reach a span; credentials in URLs are always taken out. */
export const privacySchema = z.strictObject({
  sqlLiterals: privacySwitch('the literals in SQL texts'),
  planLiterals: privacySwitch('the literals in displayed plans, plan diffs and node descriptions'),
  errorMessages: privacySwitch('the texts of error messages whose template is not known'),
});
