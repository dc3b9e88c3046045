import { readFile, writeFile } from 'node:fs/promises';

const readme = new URL('../../README.md', import.meta.url);
const [start, end] = ['<!-- spans by store: begin -->', '<!-- spans by store: end -->'];

/** The table as the README has it. */
export async function tableInReadme(): Promise<string> {
  const text = await readFile(readme, 'utf8');
  return text.slice(text.indexOf(start) + start.length, text.indexOf(end)).trim();
}

/** Puts the table into the README. */
export async function writeTable(table: string): Promise<void> {
  const text = await readFile(readme, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(start) + start.length), text.slice(text.indexOf(end))];
  await writeFile(readme, `${before}\n\n${table}\n\n${after}`);
}
