import { createService } from './create-service.ts';
import { tracing } from './tracing.ts';

const service = await createService();
const address = await service.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0) });
console.log(`listening on ${address}`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await service.close(); // answers what was asked already
    await tracing.shutdown(); // sends the spans of that
  });
}
