import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../docs/collector/', import.meta.url));

/** What the documented configurations take from the environment. Nothing is sent to any of these. */
const placeholders: Readonly<Record<string, string>> = {
  OTLP_GRPC_LISTEN: '127.0.0.1:4317',
  OTLP_HTTP_LISTEN: '127.0.0.1:4318',
  HEALTH_LISTEN: '127.0.0.1:13133',
  GATEWAY_ENDPOINT: 'gateway.example:4317',
  GATEWAY_CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
  GATEWAY_AUTHORIZATION: 'Bearer placeholder',
  SAMPLING_TIER_HOST: 'sampling.example',
  JAEGER_ENDPOINT: 'jaeger.example:4317',
  JAEGER_CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
  TEMPO_ENDPOINT: 'https://tempo.example',
  TEMPO_AUTHORIZATION: 'Basic placeholder',
  TEMPO_TENANT: 'placeholder',
  DATADOG_AGENT_ENDPOINT: 'localhost:4317',
  CLICKHOUSE_ENDPOINT: 'tcp://clickhouse.example:9440?secure=true',
  CLICKHOUSE_USERNAME: 'placeholder',
  CLICKHOUSE_PASSWORD: 'placeholder',
  TRACE_FILE: 'traces.jsonl',
};

const SECRET = /^\s*(?:authorization|password|api_?key|token|secret)\s*:(?!\s*\$\{env:\w+\}\s*$)/im;

export function configurationPath(name: string): string {
  return join(folder, `${name}.yaml`);
}

/** What is documented, each set of files that is started together: `sampling` with every back end, the others alone. */
export function configurationSets(): string[][] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace('.yaml', ''));
  const backEnds = names.filter((name) => name.startsWith('to-'));
  const alone = names.filter((name) => name !== 'sampling' && !backEnds.includes(name));
  return [...alone.map((name) => [name]), ...backEnds.map((name) => ['sampling', name])];
}

/** @throws Error for a file that holds a secret, or a variable that nothing is known of */
export function checkedEnvironment(names: readonly string[]): Readonly<Record<string, string>> {
  for (const name of names) {
    const text = readFileSync(configurationPath(name), 'utf8');
    if (SECRET.test(text)) throw new Error(`${name}.yaml holds a secret; refer to the environment: \${env:NAME}`);
    for (const [, variable = ''] of text.matchAll(/\$\{env:(\w+)\}/g)) {
      if (!(variable in placeholders)) throw new Error(`${name}.yaml: no placeholder is known for ${variable}`);
    }
  }
  return placeholders;
}
