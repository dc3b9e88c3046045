import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from './bootstrap-error.ts';

type SamplerName = TracingConfig['exportPolicy']['sampler'];

const samplers: Record<SamplerName, (ratio: () => number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio()),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio()) }),
};

/**
 * The head sampler of an export policy.
 *
 * @throws BootstrapError for an unknown name, or a ratio sampler without a ratio between 0 and 1
 */
export function createSampler(policy: Pick<TracingConfig['exportPolicy'], 'sampler' | 'samplerArgument'>): Sampler {
  const create = Object.hasOwn(samplers, policy.sampler) ? samplers[policy.sampler] : undefined;
  if (create === undefined) {
    throw new BootstrapError(
      'unknown-sampler',
      `exportPolicy.sampler: unknown sampler ${JSON.stringify(policy.sampler)}; use one of ${Object.keys(samplers).join(', ')}`,
    );
  }
  return create(() => ratioOf(policy));
}

function ratioOf({
  sampler,
  samplerArgument,
}: Pick<TracingConfig['exportPolicy'], 'sampler' | 'samplerArgument'>): number {
  if (typeof samplerArgument === 'number' && samplerArgument >= 0 && samplerArgument <= 1) return samplerArgument;
  throw new BootstrapError(
    'invalid-sampler-argument',
    `exportPolicy.samplerArgument: ${sampler} needs a ratio from 0 to 1, got ${JSON.stringify(samplerArgument)}`,
  );
}
