import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { createEngine, type ExecutionSpec } from '../src/index.ts';

// A program: runs the specification that it is given over one small object, and prints the fingerprint of its plan.
const [spec = '', path = '', content = ''] = process.argv.slice(2);
const memory = new MemoryStore();
await memory.put(path, content);
const engine = await createEngine({ environment: {}, stores: createStoreRegistry({ stores: [memory] }) });
const { planFingerprint } = await engine.run(JSON.parse(spec) as ExecutionSpec);
console.log(planFingerprint);
await engine.close();
