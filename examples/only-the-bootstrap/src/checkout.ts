import { setTimeout as work } from 'node:timers/promises';
import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api';

export interface Order {
  readonly id: string;
  readonly items: number;
  readonly card: 'valid' | 'expired';
}

/** Charges and ships an order; says how it went. */
export function checkout(order: Order): Promise<string> {
  return step('checkout', { 'order.id': order.id, 'order.items': order.items }, async () => {
    await step('charge', { 'card.state': order.card }, () => charge(order));
    await step('ship', { 'order.items': order.items }, () => work(2 * order.items));
    return `${order.id}: shipped`;
  }).catch((error: Error) => `${order.id}: ${error.message}`);
}

async function charge({ card }: Order): Promise<void> {
  await work(5);
  if (card === 'expired') throw new Error('card expired');
}

/** The plain OpenTelemetry API: no part of Planscope is needed to make spans. */
function step<Result>(name: string, attributes: Attributes, body: () => Promise<Result>): Promise<Result> {
  return trace.getTracer('shop').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await body();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
      throw error;
    } finally {
      span.end();
    }
  });
}
