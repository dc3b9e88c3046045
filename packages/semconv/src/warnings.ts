import type { WarningDefinition } from './definition.ts';

/** Warnings of the packages that no engine owns. */
export const sharedWarnings: readonly WarningDefinition[] = [
  {
    code: 'staging-left-behind',
    about: 'run',
    meaning: 'Temporary files of the run could not be removed.',
    advice: 'Check the permissions of the staging folder, and remove what is left there.',
    setBy: ['engine'],
  },
  {
    code: 'rule-failed',
    about: 'run',
    meaning: 'A rule with `mayFail` threw; the plan stays as it was.',
    advice: 'Correct the rule; its span has the error.',
    setBy: ['plan'],
  },
  {
    code: 'planning-trace-failed',
    about: 'measurement',
    meaning: 'Recording of a phase or rule failed; planning went on.',
    advice: 'Report it, with the message.',
    setBy: ['rule-instrumentation'],
  },
  {
    code: 'recorder-failed',
    about: 'measurement',
    meaning: 'A recorder failed on an operator; the query went on without what it records. Said once a run for each.',
    advice: 'Correct the recorder, where it is yours; else report it.',
    setBy: ['exec-instrumentation'],
  },
  {
    code: 'outcome-late',
    about: 'measurement',
    meaning: 'An operator had not settled its outcome in time after its last batch; what it measured is missing.',
    advice:
      'Ask for the `outcome` of the execution, raise `outcomeWait`, or settle the outcome of your node when its batches end.',
    setBy: ['exec-instrumentation'],
  },
  {
    code: 'io-spans-dropped',
    about: 'measurement',
    meaning: 'An engine reported more reads and writes than are drawn; the sums count all of them.',
    advice: 'Raise `maxSpans` or `maxSpansPerLocation`, where each one matters.',
    setBy: ['exec-instrumentation'],
  },
  {
    code: 'storage-trace-failed',
    about: 'measurement',
    meaning: 'Recording of an operation failed; the operation itself went on.',
    advice: 'Report it, with the message.',
    setBy: ['object-store'],
  },
];
