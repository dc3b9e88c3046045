// What a program with an OpenTelemetry SDK has already: a provider that is registered before the program starts. This one
// prints its spans at the end; yours has an exporter.
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { SpanPrinter } from './span-printer.ts';

const provider = new NodeTracerProvider({ spanProcessors: [new SpanPrinter()] });
provider.register();
process.once('beforeExit', () => provider.shutdown());
