import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createService } from './service.ts';

const service = await createService();
const address = await service.listen({ host: '127.0.0.1', port: 0 });
for (const city of ['Lima', 'Oslo']) {
  const answer = await fetch(`${address}/late/${city}`);
  console.log(city, await answer.text());
}
await service.close();

const worker = new Worker(new URL('./worker.mjs', import.meta.url));
worker.on('message', (rows) => console.log('worker', JSON.stringify(rows)));
await once(worker, 'exit');
