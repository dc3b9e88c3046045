/**
 * Validates every configuration in docs/collector with the real OpenTelemetry Collector, and sends runs through it.
 *
 * `pnpm check:collector [minutes]`: needs Go and its module proxy for the first build, which may take that long (default
 * 8); without, one line says what was left out.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { buildCollector } from './collector/build-collector.ts';
import { sendDemoRun } from './collector/send-demo-run.ts';

/** What a documented configuration takes from the environment, by the end of its name. Nothing is sent to any of these. */
function placeholder(name: string): string {
  if (name.endsWith('_LISTEN')) return '127.0.0.1:4317';
  if (name.endsWith('_CA_FILE')) return '/etc/ssl/certs/ca-certificates.crt';
  return name.endsWith('_ENDPOINT') ? 'https://placeholder.example:4317' : 'placeholder';
}
const SECRET = /^\s*(?:authorization|password|api_?key|token|secret)\s*:(?!\s*\$\{env:\w+\}\s*$)/im;

const folder = fileURLToPath(new URL('../docs/collector/', import.meta.url));
const minutes = Number(process.argv[2] ?? 8);
const collector = await buildCollector(minutes);
if ('missing' in collector) {
  console.log(`left out: docs/collector was not checked with the OpenTelemetry Collector, since ${collector.missing}`);
} else {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const secret = files.find((_, index) => SECRET.test(texts[index] ?? ''));
  assert(secret === undefined, `${secret} holds a secret; refer to the environment: \${env:NAME}`);
  const names = texts.join('').matchAll(/\$\{env:(\w+)\}/g);
  const placeholders = Object.fromEntries([...names].map(([, name = '']) => [name, placeholder(name)]));
  for (const file of files) {
    // `sampling` is started together with a back end, and everything else alone.
    if (file === 'sampling.yaml') continue;
    const started = file.startsWith('to-') ? ['sampling.yaml', file] : [file];
    const args = ['validate', ...started.map((name) => `--config=${join(folder, name)}`)];
    const { failed, stderr } = await execa(collector.path, args, { env: placeholders, reject: false });
    console.log(`${failed ? 'PROBLEM' : 'ok     '} ${started.join(' + ')}${failed ? `\n${stderr}` : ''}`);
    if (failed) process.exitCode = 1;
  }
  console.log(`ok      ${await sendDemoRun(collector.path, folder)}`);
}
