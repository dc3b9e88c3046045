import { writeFileSync } from 'node:fs';
import { renderSchema } from '../packages/semconv/src/index.ts';
import { schemas } from './schemas.ts';

writeFileSync(new URL('../docs/span-schema.md', import.meta.url), renderSchema(schemas));
