import { describe, expect, it } from 'vitest';
import { redactPlan, redactPlanEntries, sqlIdentifiers } from './index.ts';

describe('sqlIdentifiers', () => {
  it('finds the names that a query writes, and nothing of its literals and comments', () => {
    const sql = `SELECT t.city AS "town", $$ann$$, E'bob' -- carl\n FROM people t WHERE name = 'dora' /* emil */`;
    expect(sqlIdentifiers(sql)).toEqual(['SELECT', 't', 'city', 'AS', 'town', 'FROM', 'people', 'WHERE', 'name']);
  });

  it('knows no name from where quotes do not pair', () => {
    expect(sqlIdentifiers(`SELECT name FROM people WHERE name = 'it's ann'`)).not.toContain('ann');
  });

  it('leaves what settings are given without quotes', () => {
    expect(sqlIdentifiers('SET s3_secret_access_key = hunter')).not.toContain('hunter');
  });

  it('lets a plan show them, and no pivoted value', () => {
    const identifiers = sqlIdentifiers(`FROM (PIVOT people ON city IN ('Oslo') USING sum(amount))`);
    expect(redactPlan('Projections=[amount, Oslo]', { identifiers })).toBe('Projections=[amount, ?1]');
    expect(redactPlanEntries(['people', 'Oslo', "'a", "Oslo'"], { identifiers })).toEqual(['people', '?1', '?2']);
  });
});
