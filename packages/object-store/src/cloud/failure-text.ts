/** Says of a failure without a meaning of its own what kind it was: the code of the system or the name of the class. */
export function failureText(error: unknown): string {
  const { name = 'Error', code } = error as { name?: string; code?: unknown };
  return `the request failed: ${name === 'Error' && typeof code === 'string' ? code : name}`;
}
