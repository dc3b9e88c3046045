import { readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from './config-json-schema.ts';
import { withFieldList } from './field-list.ts';

const schemaFile = new URL('../schema.json', import.meta.url);
const readmeFile = new URL('../README.md', import.meta.url);

writeFileSync(schemaFile, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
writeFileSync(readmeFile, withFieldList(readFileSync(readmeFile, 'utf8')));
