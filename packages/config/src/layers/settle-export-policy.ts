import type { ConfigProblem } from '../config-error.ts';
import { configField } from '../schema/config-fields.ts';
import { refuse } from './layer.ts';
import { originOf, type Settings } from './settings.ts';

/** A ratio without its sampler, or a sampler without its ratio, would keep every trace in silence: neither passes. */
export function settleSampler(settings: Settings): ConfigProblem[] {
  const sampler = settings.of('exportPolicy.sampler');
  const argument = settings.at('exportPolicy.samplerArgument');
  const takesRatio = String(sampler.value).endsWith('traceidratio');
  if (takesRatio && argument === undefined) {
    const { path, allowed } = configField('exportPolicy.samplerArgument');
    const reason = `is missing; the sampler ${sampler.value} needs a ratio`;
    return [refuse({ path }, undefined, originOf(sampler), allowed, reason)];
  }
  if (takesRatio || argument === undefined) return [];
  if (argument.rank < sampler.rank) {
    settings.drop(argument.path);
    return [];
  }
  const ratioSamplers = configField(sampler.path).allowed.filter((name) => name.endsWith('traceidratio'));
  const reason = `is a ratio, which the sampler ${sampler.value} (from ${originOf(sampler)}) does not take`;
  return [
    refuse(
      argument,
      argument.value,
      originOf(argument),
      ratioSamplers.map((name) => `${sampler.path} ${name}`),
      reason,
    ),
  ];
}

/** A batch larger than the queue would never fill. */
export function checkQueue(settings: Settings): ConfigProblem[] {
  const queue = settings.of('exportPolicy.maxQueueSize');
  const batch = settings.of('exportPolicy.maxExportBatchSize');
  if (Number(batch.value) <= Number(queue.value)) return [];
  const [wrong, other, allowed] =
    batch.rank >= queue.rank
      ? [batch, queue, `integer from 1 to ${queue.value}`]
      : [queue, batch, `integer from ${batch.value} up`];
  const relation = wrong === batch ? 'is more than' : 'is less than';
  const reason = `${relation} ${other.path} ${other.value} (from ${originOf(other)})`;
  return [refuse(wrong, wrong.value, originOf(wrong), [allowed], reason)];
}

/** A certificate is of no use without its key, nor the key without it. */
export function checkClientCertificate(settings: Settings): ConfigProblem[] {
  const certificate = settings.at('otlp.clientCertificateFile');
  const key = settings.at('otlp.clientKeyFile');
  const only = certificate ?? key;
  if (only === undefined || (certificate !== undefined && key !== undefined)) return [];
  const missing = only === key ? 'otlp.clientCertificateFile' : 'otlp.clientKeyFile';
  const reason = `is missing; ${only.path} does nothing without it`;
  return [refuse({ path: missing }, undefined, originOf(only), configField(missing).allowed, reason)];
}
