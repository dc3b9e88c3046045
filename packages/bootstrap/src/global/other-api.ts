/**
 * Why spans vanish when two versions of the OpenTelemetry API are loaded, and what to do.
 *
 * @param version the version that was first
 */
export function explainOtherApi(version: string): string {
  return (
    `another copy of @opentelemetry/api, version ${version}, was loaded first and does not work with the copy used here, ` +
    'so this pipeline could not be registered globally: spans made through the global API do not reach it, only those ' +
    'made through the handle. List the copies with "npm ls @opentelemetry/api" and bring them to one version'
  );
}
