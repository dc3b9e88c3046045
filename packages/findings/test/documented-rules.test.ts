import { expect, it } from 'vitest';
import { rules, type Threshold } from '../src/index.ts';

const unit = ({ unit: name }: Threshold): string => (name === '1' ? '' : ` ${name.replace(/[{}]/g, '')}`);
const value = (threshold: Threshold): string => `${threshold.value.toLocaleString('en-US')}${unit(threshold)}`;

/** The page of the rules, which `vitest -u` writes. */
function page(): string {
  const sections = rules.map(({ code, title, meaning, advice, thresholds, warnings = [] }) => {
    const rows = Object.entries(thresholds).map(
      ([name, threshold]) => `| \`${name}\` | ${value(threshold)} | ${threshold.reason} |`,
    );
    const live = warnings.map((warning) => `\`${warning}\``).join(', ');
    return [
      `## ${code}`,
      `| | |\n| --- | --- |\n| Title | ${title} |\n| Found if | ${meaning} |\n| What to do | ${advice} |${live === '' ? '' : `\n| Warning of a live query | ${live} |`}`,
      `| Threshold | Default | Why |\n| --- | --- | --- |\n${rows.join('\n')}`,
    ].join('\n\n');
  });
  const head =
    'The rules of [`@planscope/findings`](../packages/findings), generated from their definitions. How they were checked,\nand how often they are right, is in [findings](findings.md).';
  return `# Rules\n\n${head}\n\n${sections.join('\n\n')}\n`;
}

it('the page of the rules is generated from them', async () => {
  await expect(page()).toMatchFileSnapshot('../../../docs/findings-rules.md');
});

it('each rule has a reason for each threshold', () => {
  const reasons = rules.flatMap(({ thresholds }) => Object.values(thresholds).map(({ reason }) => reason));
  expect(reasons.length).toBeGreaterThan(30);
  expect(reasons.filter((reason) => reason.length < 30)).toEqual([]);
});
