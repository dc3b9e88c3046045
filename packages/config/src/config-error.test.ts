import { expect, it } from 'vitest';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { resolveTracingConfig } from './resolve-tracing-config.ts';

const problem: ConfigProblem = { field: 'a', value: 1, allowed: ['2'], origin: 'spec', message: 'a: 1 is wrong' };

it('carries the first problem itself and all of them in a list', () => {
  const error = new ConfigError([problem, { ...problem, field: 'b', message: 'b: 1 is wrong' }]);
  expect(error).toMatchObject({ name: 'ConfigError', code: 'invalid-config', field: 'a', value: 1, allowed: ['2'] });
  expect(error.problems).toHaveLength(2);
  expect(error.message).toBe('[planscope/config] 2 problems in the configuration:\n- a: 1 is wrong\n- b: 1 is wrong');
});

it('says a single problem in one line', () => {
  expect(new ConfigError([problem]).message).toBe('[planscope/config] a: 1 is wrong');
  expect(() =>
    resolveTracingConfig({ environment: {}, explicit: { spanBudget: 0 } }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[ConfigError: [planscope/config] spanBudget: 0 (from explicit) is not allowed; allowed: integer from 1 up]`,
  );
});

it('is known across copies of the package', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('planscope.config.ConfigError')]: true });
  expect(ConfigError.isInstance(foreign)).toBe(true);
  expect(ConfigError.isInstance(new ConfigError([problem]))).toBe(true);
  expect(ConfigError.isInstance(new Error('x'))).toBe(false);
  expect(ConfigError.isInstance(null)).toBe(false);
});
