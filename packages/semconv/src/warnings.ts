import type { WarningDefinition } from './definition.ts';

/** Warnings of the packages that no engine owns. */
export const sharedWarnings: readonly WarningDefinition[] = [
  {
    code: 'trino-table-left-behind',
    about: 'run',
    meaning: 'Tables that a run on Trino made over the files of its inputs could not be dropped.',
    advice: 'Drop the tables of the message; their names start with `planscope_`, and the files stay.',
    setBy: ['engine'],
  },
  {
    code: 'staging-left-behind',
    about: 'run',
    meaning: 'Temporary files of the run could not be removed.',
    advice: 'Check the permissions of the staging folder, and remove the files that are left there.',
    setBy: ['engine'],
  },
  {
    code: 'delta-race',
    about: 'run',
    meaning: 'Another writer committed a version of a Delta table first; the rows were added in a later version.',
    advice: 'Nothing, if it happens now and then. Have fewer writers, or larger commits, if it happens often.',
    setBy: ['engine'],
  },
  {
    code: 'delta-fetched',
    about: 'run',
    meaning:
      "DuckDB's extension would return wrong rows of a Delta table, so the engine read the table through its stores instead. The message names the feature of the table.",
    advice: "Nothing. `access: 'fetch'` for the input reads it alike, without the warning.",
    setBy: ['engine'],
  },
  {
    code: 'rule-failed',
    about: 'run',
    meaning: 'A rule with `mayFail` threw; the plan is unchanged.',
    advice: 'Correct the rule; its span has the error.',
    setBy: ['plan'],
  },
  {
    code: 'planning-trace-failed',
    about: 'measurement',
    meaning: 'Recording of a phase or rule failed; planning continued.',
    advice: 'Report it, with the message.',
    setBy: ['rule-instrumentation'],
  },
  {
    code: 'recorder-failed',
    about: 'measurement',
    meaning:
      'A recorder failed on an operator or a report; the query continued without its data. Raised once for each recorder in a run.',
    advice: 'Correct the recorder if it is yours; otherwise report it.',
    setBy: ['exec-instrumentation', 'trino'],
  },
  {
    code: 'outcome-late',
    about: 'measurement',
    meaning: 'The outcome of an operator did not settle in time after its last batch; its measurements are missing.',
    advice:
      'Ask for the `outcome` of the execution, raise `outcomeWait`, or settle the outcome of your node when its batches end.',
    setBy: ['exec-instrumentation'],
  },
  {
    code: 'io-spans-dropped',
    about: 'measurement',
    meaning: 'An engine reported more reads and writes than are drawn; the totals include all of them.',
    advice: 'Raise `maxSpans` or `maxSpansPerLocation` to see each of them.',
    setBy: ['exec-instrumentation'],
  },
  {
    code: 'storage-trace-failed',
    about: 'measurement',
    meaning: 'Recording of an operation failed; the operation itself continued.',
    advice: 'Report it, with the message.',
    setBy: ['object-store'],
  },
];
