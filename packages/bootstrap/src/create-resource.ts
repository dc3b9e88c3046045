import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { TracingConfig } from '@planscope/config';

/** The resource of every exported span; `serviceName` overrides a resource attribute. */
export function createResource(config: Pick<TracingConfig, 'serviceName' | 'resourceAttributes'>): Resource {
  return defaultResource().merge(
    resourceFromAttributes({ ...config.resourceAttributes, 'service.name': config.serviceName }),
  );
}
