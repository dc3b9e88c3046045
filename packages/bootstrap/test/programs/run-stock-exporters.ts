import { main } from './stock-exporters.ts';

await main();
