import type { ConfigProblem } from '../config-error.ts';
import type { Settings } from './settings.ts';
import { settleEndpoint } from './settle-endpoint.ts';
import { checkClientCertificate, checkQueue, settleSampler } from './settle-export-policy.ts';
import { settleRedaction } from './settle-redaction.ts';

/** What several fields have to say to each other. */
const rules: readonly {
  readonly paths: readonly string[];
  readonly settle: (settings: Settings) => ConfigProblem[];
}[] = [
  { paths: ['ruleMode'], settle: settleRulePhases },
  { paths: ['preview.redaction.mode', 'preview.redaction.columns'], settle: settleRedaction },
  { paths: ['otlp.endpoint', 'otlp.protocol'], settle: settleEndpoint },
  { paths: ['otlp.clientCertificateFile', 'otlp.clientKeyFile'], settle: checkClientCertificate },
  { paths: ['exportPolicy.sampler', 'exportPolicy.samplerArgument'], settle: settleSampler },
  { paths: ['exportPolicy.maxQueueSize', 'exportPolicy.maxExportBatchSize'], settle: checkQueue },
];

/** Fills in what follows from other fields and says which fields do not go together; refused fields are passed over. */
export function settle(settings: Settings, refused: ReadonlySet<string>): ConfigProblem[] {
  return rules.flatMap((rule) => (rule.paths.some((path) => refused.has(path)) ? [] : rule.settle(settings)));
}

function settleRulePhases(settings: Settings): ConfigProblem[] {
  const mode = settings.of('ruleMode');
  for (const path of ['rulePhases.analyzer', 'rulePhases.logical', 'rulePhases.physical']) {
    if (settings.at(path) === undefined) settings.derive(path, mode.value, mode);
  }
  return [];
}
