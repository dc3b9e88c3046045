import { readFileSync, writeFileSync } from 'node:fs';
import { renderSchema } from '../packages/semconv/src/index.ts';
import { schemas } from './schemas.ts';
import { textKindsIn } from './text-kinds-in.ts';

writeFileSync(new URL('../docs/span-schema.md', import.meta.url), renderSchema(schemas));

const privacy = new URL('../docs/privacy.md', import.meta.url);
writeFileSync(privacy, textKindsIn(readFileSync(privacy, 'utf8')));
