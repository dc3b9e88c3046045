import { z } from 'zod';

/**
 * Fields that stand together under one name of the configuration.
 *
 * The return type leaves them out on purpose: the named type of the group says them, with their comments. Repeated here
 * they would fill the declarations of this package a second time, without comments.
 */
export function group(fields: z.core.$ZodLooseShape): z.ZodPrefault<z.ZodObject> {
  return z.strictObject(fields).prefault({});
}
