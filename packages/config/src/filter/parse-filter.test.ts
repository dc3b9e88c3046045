import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { parseFilter } from './parse-filter.ts';
import { SPAN_LEVELS, type SpanLevel } from './span-filter.ts';

describe('parseFilter', () => {
  it('reads a level for everything and levels for targets', () => {
    const filter = parseFilter(' info , FilterExec=DEBUG, object_store=off,rule::join_order = warn,');
    expect(filter.directives).toEqual([
      { level: 'info' },
      { name: 'FilterExec', level: 'debug' },
      { kind: 'storage', level: 'off' },
      { kind: 'rule', name: 'join_order', level: 'warn' },
    ]);
  });

  it.each([
    ['inof', 'directive "inof" ends in no level; did you mean info?'],
    ['FilterExec', 'directive "FilterExec" ends in no level'],
    ['FilterExec=', 'directive "FilterExec=" ends in no level'],
    ['=debug', 'directive "=debug" names no target before "="'],
    ['rule::=debug', 'directive "rule::=debug" names no target before "="'],
    ['operatr::FilterExec=debug', 'speaks of the unknown span kind "operatr"; use one of run, query'],
    ['constructor::x=debug', 'unknown span kind "constructor"'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFilter(text)).toThrow(message);
  });

  it('says every wrong directive at once', () => {
    expect(() => parseFilter('a,info,b=')).toThrow('2 problems');
  });

  it('throws nothing but a ConfigError, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('info', 'a', '=', '::', ',', 'rule')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (directives) => {
        try {
          expect(parseFilter(directives).enables('run', 'x', 'error')).toBeTypeOf('boolean');
        } catch (error) {
          expect(ConfigError.isInstance(error)).toBe(true);
        }
      }),
    );
  });
});

describe('SpanFilter', () => {
  it('lets through info and what is more severe unless told otherwise', () => {
    const filter = parseFilter('');
    expect(filter.enables('operator', 'FilterExec')).toBe(true);
    expect(filter.enables('operator', 'FilterExec', 'debug')).toBe(false);
    expect(filter.enables('operator', 'FilterExec', 'warn')).toBe(true);
  });

  it.each<[string, string, string, SpanLevel, boolean]>([
    ['info,FilterExec=debug,object_store=off', 'operator', 'FilterExec', 'debug', true],
    ['info,FilterExec=debug,object_store=off', 'operator', 'HashJoinExec', 'debug', false],
    ['info,FilterExec=debug,object_store=off', 'storage', 'lake.get', 'error', false],
    ['off,operator=info', 'operator', 'FilterExec', 'info', true],
    ['off,operator=info', 'run', 'planscope.execute', 'error', false],
    ['operator=off,FilterExec=info', 'operator', 'FilterExec', 'info', true],
    ['FilterExec=info,operator=off', 'operator', 'FilterExec', 'info', true],
    ['rule::push_down=off', 'rule', 'push_down', 'info', false],
    ['rule::push_down=off', 'operator', 'push_down', 'info', true],
    ['push_down=off,operator::push_down=info', 'operator', 'push_down', 'info', true],
    ['lake=off', 'storage', 'lake.get', 'info', false],
    ['lake=off', 'storage', 'lakehouse.get', 'info', true],
    ['lake=off', 'operator', 'lake.get', 'info', true],
    ['lake=off,lake.list=info', 'storage', 'lake.list', 'info', true],
    ['storage::my.bucket=off', 'storage', 'my.bucket.get_ranges', 'info', false],
    ['info,warn', 'run', 'planscope.execute', 'info', false],
    ['optimize_logical_plan=off', 'phase', 'optimize_logical_plan', 'info', false],
    ['operator::query=off', 'query', 'query', 'info', true],
  ])('%s: %s %s at %s is %s', (text, kind, name, level, enabled) => {
    const filter = parseFilter(text);
    expect(filter.enables(kind, name, level)).toBe(enabled);
    expect(filter.enables(kind, name, level)).toBe(enabled);
  });

  it('answers the same the first and every further time, also when its memory is full', () => {
    const filter = parseFilter('warn,a=trace,b=off,operator=info');
    const name = fc.constantFrom('a', 'b', 'c');
    for (let index = 0; index < 5000; index++) expect(filter.enables('operator', `n${index}`)).toBe(true);
    fc.assert(
      fc.property(fc.constantFrom('operator', 'rule'), name, fc.constantFrom(...SPAN_LEVELS), (kind, target, level) => {
        const fresh = parseFilter('warn,a=trace,b=off,operator=info');
        expect(filter.enables(kind, target, level)).toBe(fresh.enables(kind, target, level));
      }),
    );
  });

  it('lets a level through exactly when it is at least as severe as the directive', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SPAN_LEVELS), fc.constantFrom(...SPAN_LEVELS), (directive, level) => {
        const enabled = SPAN_LEVELS.indexOf(level) >= SPAN_LEVELS.indexOf(directive);
        expect(parseFilter(directive).enables('run', 'x', level)).toBe(enabled);
        expect(parseFilter(`off,x=${directive}`).enables('run', 'x', level)).toBe(enabled);
        expect(parseFilter(`${directive},x=off`).enables('run', 'x', level)).toBe(false);
      }),
    );
  });

  it('makes no garbage', () => {
    const filter = parseFilter('info,FilterExec=debug,object_store=off,rule::join_order=warn');
    const names = ['FilterExec', 'HashJoinExec', 'lake.get', 'ParquetScan'];
    const decisions = 200_000;
    const run = (): number => {
      let enabled = 0;
      for (let index = 0; index < decisions; index++)
        if (filter.enables('operator', names[index & 3] ?? '')) enabled += 1;
      return enabled;
    };
    run();
    let fewestBytes = Number.POSITIVE_INFINITY;
    // The compiler and the test runner use the heap as well, so the best of several rounds counts.
    for (let round = 0; round < 7; round++) {
      globalThis.gc?.();
      const heapBefore = process.memoryUsage().heapUsed;
      expect(run()).toBe(decisions);
      fewestBytes = Math.min(fewestBytes, (process.memoryUsage().heapUsed - heapBefore) / decisions);
    }
    expect(fewestBytes).toBeLessThan(1);
  });
});
