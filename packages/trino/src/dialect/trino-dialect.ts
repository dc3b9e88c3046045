import type { SqlDialect } from '@planscope/redaction';
import { ERRORS } from './error-messages.ts';
import { FUNCTIONS } from './functions.ts';
import { KEYWORDS } from './keywords.ts';

/** Names of types, in lower case. */
const TYPES = `
  array bigint boolean char color date decimal double geometry hyperloglog int integer interval ipaddress json jsonpath
  map p4hyperloglog qdigest real row setdigest smallint sphericalgeography tdigest time timestamp tinyint unknown uuid
  varbinary varchar day month second to with year zone`
  .trim()
  .split(/\s+/);

/**
 * Trino's vocabulary, for the redaction of its SQL, plans and errors. Pass it as `dialect` to the functions of
 * `@planscope/redaction` and to the recorders of the instrumentation packages.
 */
export const trinoDialect: SqlDialect = {
  keywords: KEYWORDS,
  types: TYPES,
  functions: FUNCTIONS,
  errors: ERRORS,
};
