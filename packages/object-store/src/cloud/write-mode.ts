import type { PutMode } from '../contract/put-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';

/**
 * Runs a conditional write and gives its refusal the kind that the mode calls for: AlreadyExists for `create`,
 * Precondition for `update`, also where the object to update is gone.
 */
export async function withWriteMode<Value>(
  mode: PutMode | undefined,
  where: { readonly store: string; readonly path: string },
  write: () => Promise<Value>,
): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    if (mode === 'create' && ObjectStoreError.isInstance(error, 'Precondition')) {
      throw new ObjectStoreError('AlreadyExists', 'there is an object already', { ...where, cause: error.cause });
    }
    if (typeof mode === 'object' && ObjectStoreError.isInstance(error, 'NotFound')) {
      throw new ObjectStoreError('Precondition', 'there is no object to update', { ...where, cause: error.cause });
    }
    throw error;
  }
}
