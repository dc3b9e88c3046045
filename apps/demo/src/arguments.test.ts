import { describe, expect, it } from 'vitest';
import { HELP, PRESETS, readArguments, UsageError } from './arguments.ts';

describe('readArguments', () => {
  it('starts from the maximal preset', () => {
    expect(readArguments([])).toEqual({
      help: false,
      preset: 'maximal',
      sql: undefined,
      otlp: undefined,
      viewer: undefined,
    });
  });

  it('takes what npm hands over after its own --', () => {
    expect(readArguments(['--', '--preset', 'off'])).toMatchObject({ preset: 'off' });
  });

  it.each([
    [['--preset', 'loud'], 'unknown preset "loud"; use one of maximal, maximal-no-data, production-lean, off'],
    [['--colour'], "Unknown option '--colour'; known options are --preset, --sql, --otlp, --viewer, --help"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--otlp', 'localhost:4318'], '--otlp "localhost:4318" is not an http or https URL'],
    [['--sql'], 'known options are'],
  ])('refuses %j and says what is right', (argv, message) => {
    const act = (): unknown => readArguments(argv);
    expect(act).toThrow(UsageError);
    expect(act).toThrow(message);
  });

  it('names every option and preset in the help', () => {
    for (const text of ['--preset', '--sql', '--otlp', '--viewer', '--help', ...PRESETS]) expect(HELP).toContain(text);
  });
});
