// Prints the report of a check of one receiver, and waits for nothing else.
import { doctor, renderDoctorReport } from '../../src/index.ts';
import { tracingConfig } from '../support/tracing-config.ts';

const { ENDPOINT = 'http://127.0.0.1:1' } = process.env;
const config = tracingConfig({ exporters: ['otlp'], otlp: { endpoint: ENDPOINT } });
process.stdout.write(renderDoctorReport(await doctor(config, { timeoutMillis: 300 })));
