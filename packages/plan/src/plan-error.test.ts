import { expect, it } from 'vitest';
import { PlanError } from './plan-error.ts';

it('is known across copies of the package by its marker, and nothing else is', () => {
  const cause = new Error('why');
  const error = new PlanError('invalid-plan', 'what', { cause });
  const ofAnotherCopy = Object.assign(new Error('x'), { [Symbol.for('planscope.plan.error')]: true });
  expect([error, ofAnotherCopy].every(PlanError.isInstance)).toBe(true);
  expect([new Error('x'), undefined, null, 'PlanError', { code: 'invalid-plan' }].some(PlanError.isInstance)).toBe(
    false,
  );
  expect(error).toMatchObject({ message: '[planscope/plan] what', code: 'invalid-plan', name: 'PlanError', cause });
});
