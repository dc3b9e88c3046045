import { printableLine } from '@planscope/internal/printable-text';
import { bytes, duration, misestimate, percent } from '@planscope/internal/quantity';
import type { FileActivity, Operator, Stage, StorageCall, Task } from '@planscope/run-model';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { operatorName, operatorSubject } from '../plan/operator-label.ts';
import { Amount } from './amount.tsx';
import { type Column, DataTable } from './data-table.tsx';
import { OperatorPanel } from './operator-panel.tsx';
import type { ViewProps } from './page-data.ts';

function amount<Row>(
  label: string,
  value: (row: Row) => number | undefined,
  as?: typeof bytes,
  title?: string,
): Column<Row> {
  return {
    label,
    value,
    numeric: true,
    show: (row) => <Amount value={value(row)} {...(as === undefined ? {} : { as })} />,
    ...(title === undefined ? {} : { title }),
  };
}

const OPERATORS: readonly Column<Operator>[] = [
  { label: 'Operator', value: operatorName },
  {
    label: 'Works on',
    value: operatorSubject,
    wide: true,
    show: (row) => <span class="quiet">{operatorSubject(row)}</span>,
  },
  amount('Compute', ({ compute }) => compute, duration, 'Without its inputs, summed over threads'),
  {
    label: 'Share',
    value: ({ computeShare }) => computeShare,
    numeric: true,
    show: ({ computeShare }) => (computeShare === undefined ? undefined : percent(computeShare)),
    title: 'Share of the compute time of its query',
  },
  amount('Rows', ({ rows }) => rows),
  amount('Estimated', ({ estimatedRows }) => estimatedRows),
  {
    label: 'Off by',
    value: ({ rows, estimatedRows }) => misestimate(rows, estimatedRows)?.factor,
    numeric: true,
    show: ({ rows, estimatedRows }) => misestimate(rows, estimatedRows)?.text ?? '',
    title: 'Rows compared with the estimate, from a factor of 2',
  },
  amount('Output', ({ outputBytes }) => outputBytes, bytes, 'Bytes of its output in memory'),
  amount('Read', ({ bytesRead }) => bytesRead, bytes),
  amount('Written', ({ bytesWritten }) => bytesWritten, bytes),
  amount('Memory', ({ peakMemory }) => peakMemory, bytes, 'Peak memory'),
  amount('Spilled', ({ spilledBytes }) => spilledBytes, bytes),
];

/** Columns that have a value in some row; the first two always. */
function usedColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly Column<Row>[] {
  return columns.filter(({ value }, index) => index < 2 || rows.some((row) => value(row) !== undefined));
}

export function OperatorTable({ opened, location, go }: ViewProps): JSX.Element {
  const selected = location.operator;
  const columns = useMemo(() => usedColumns(OPERATORS, opened.run.operators), [opened]);
  return (
    <div class={selected === undefined ? 'split alone' : 'split'}>
      <DataTable
        label="Operators"
        columns={columns}
        rows={opened.run.operators}
        keyOf={({ id }) => id}
        selected={selected}
        onSelect={({ id }) => go({ operator: id })}
        empty="The run has no operators."
      />
      {selected !== undefined && (
        <OperatorPanel
          opened={opened}
          heat="compute"
          selected={selected}
          onSelect={(operator) => go({ operator })}
          go={go}
        />
      )}
    </div>
  );
}

const FILES: readonly Column<FileActivity>[] = [
  { label: 'File', value: ({ location }) => location, wide: true, show: ({ location }) => <Path path={location} /> },
  { label: 'Store', value: ({ stores }) => printableLine(stores.join(', ')) },
  amount('Read', ({ bytesRead }) => bytesRead, bytes),
  amount('Written', ({ bytesWritten }) => bytesWritten, bytes),
  amount('Size', ({ size }) => size, bytes),
  amount('Requests', ({ requests }) => requests),
  {
    label: 'Bytes/request',
    value: ({ bytesRead, bytesWritten, requests }) =>
      requests === 0 ? undefined : (bytesRead + bytesWritten) / requests,
    numeric: true,
    show: ({ bytesRead, bytesWritten, requests }) => (
      <Amount value={requests === 0 ? undefined : (bytesRead + bytesWritten) / requests} as={bytes} />
    ),
  },
  amount('Retries', ({ retries }) => retries),
  amount('Slowed', ({ throttled }) => throttled, undefined, 'Responses that asked to slow down'),
  amount('Failures', ({ failures }) => failures),
];

const CALLS: readonly Column<StorageCall>[] = [
  { label: 'Operation', value: ({ operation }) => printableLine(operation) },
  {
    label: 'Where',
    value: ({ location }) => location ?? '',
    wide: true,
    show: ({ location = '' }) => <Path path={location} />,
  },
  { label: 'By', value: ({ origin }) => origin, title: 'The engine, or the program with its own stores' },
  amount('Start', ({ timing }) => timing.start, duration, 'After the start of the run'),
  amount('Duration', ({ timing }) => (timing.basis === 'execution_window' ? undefined : timing.duration), duration),
  amount('First byte', ({ timeToFirstByte }) => timeToFirstByte, duration),
  amount('Bytes', ({ bytes: size }) => size, bytes),
  amount('Requests', ({ requests }) => requests),
  { label: 'Status', value: ({ http }) => http?.status, numeric: true },
  {
    label: 'Outcome',
    value: ({ error, throttled, http }) =>
      error === undefined
        ? throttled === true
          ? 'asked to slow down'
          : http?.resend === undefined
            ? undefined
            : `repetition ${http.resend}`
        : printableLine(error.code ?? error.type ?? 'failed'),
  },
];

/** What was read and written: by file, and each call. */
export function StorageTables({ opened: { run, plan }, go }: ViewProps): JSX.Element {
  const [file, setFile] = useState<string>();
  const calls = useMemo(
    () => (file === undefined ? run.calls : run.calls.filter(({ location }) => location === file)),
    [run, file],
  );
  const files = useMemo(() => usedColumns(FILES, run.files).filter((column) => hasNumbers(column, run.files)), [run]);
  const columns = useMemo(() => usedColumns(CALLS, run.calls), [run]);
  return (
    <div class="stack">
      <h2>Files and objects</h2>
      <DataTable
        label="Files"
        columns={files}
        rows={run.files}
        keyOf={({ location }) => location}
        selected={file}
        onSelect={({ location }) => setFile(location === file ? undefined : location)}
        empty="No file was read or written."
      />
      <h2>
        {file === undefined ? 'All calls' : 'Calls of '}
        {file !== undefined && (
          <>
            <Path path={file} />{' '}
            <button type="button" class="link" onClick={() => setFile(undefined)}>
              all
            </button>
          </>
        )}
      </h2>
      <DataTable
        label="Calls"
        columns={columns}
        rows={calls}
        keyOf={({ id }) => id}
        onSelect={({ operatorId }) => {
          if (operatorId !== undefined && plan.byId.has(operatorId)) go({ view: 'plan', operator: operatorId });
        }}
        empty="No call was recorded."
      />
    </div>
  );
}

/** Not only zeros. */
function hasNumbers<Row>({ numeric, value }: Column<Row>, rows: readonly Row[]): boolean {
  return numeric !== true || rows.some((row) => value(row) !== 0);
}

/** A path whose end is in sight if there is no room for all of it. */
function Path({ path }: { readonly path: string }): JSX.Element {
  const shown = printableLine(path);
  const end = shown.slice(shown.lastIndexOf('/', shown.length - 2) + 1);
  return (
    <span class="path" title={shown}>
      <span class="path-folder quiet">{shown.slice(0, shown.length - end.length)}</span>
      <span class="path-end">{end}</span>
    </span>
  );
}

interface TaskRow {
  readonly stage: Stage;
  readonly task: Task;
}

const STAGES: readonly Column<Stage>[] = [
  { label: 'Stage', value: ({ id }) => printableLine(id) },
  { label: 'Read by', value: ({ parentIds }) => printableLine(parentIds.join(', ')) },
  { label: 'Status', value: ({ status }) => status },
  amount('Duration', ({ timing }) => timing.duration, duration),
  amount('Tasks', ({ taskCount, tasks }) => taskCount ?? tasks.length),
  amount('Failed', ({ failedTaskCount }) => failedTaskCount),
  amount('Fastest task', ({ spread }) => spread.duration?.least, duration),
  amount('Median task', ({ spread }) => spread.duration?.median, duration),
  amount('Slowest task', ({ spread }) => spread.duration?.most, duration),
  {
    label: 'Skew',
    value: ({ spread }) => skew(spread.duration),
    numeric: true,
    show: ({ spread }) => {
      const factor = skew(spread.duration);
      return factor === undefined ? undefined : `${factor.toFixed(1)}×`;
    },
    title: 'Slowest task compared with the median',
  },
];

function skew(spread: Stage['spread'][string] | undefined): number | undefined {
  const { median, most } = spread ?? {};
  return median === undefined || most === undefined || median === 0 ? undefined : most / median;
}

const TASKS: readonly Column<TaskRow>[] = [
  { label: 'Task', value: ({ task }) => printableLine(task.id) },
  { label: 'Stage', value: ({ stage }) => printableLine(stage.id) },
  { label: 'Host', value: ({ task }) => (task.host === undefined ? undefined : printableLine(task.host)), wide: true },
  amount('Attempt', ({ task }) => task.attempt + 1),
  { label: 'Status', value: ({ task }) => task.status },
  amount('Start', ({ task }) => task.timing.start, duration),
  amount('Duration', ({ task }) => task.timing.duration, duration),
  {
    label: 'Error',
    value: ({ task }) =>
      task.error === undefined ? undefined : printableLine(task.error.code ?? task.error.type ?? 'failed'),
  },
];

/** The parts of a distributed run, and the attempts at each. */
export function StageTables({ opened: { run } }: ViewProps): JSX.Element {
  const [chosen, setChosen] = useState<string>();
  const tasks = useMemo(
    () =>
      run.stages
        .filter(({ id }) => chosen === undefined || id === chosen)
        .flatMap((stage) => stage.tasks.map((task) => ({ stage, task }))),
    [run, chosen],
  );
  return (
    <div class="stack">
      <h2>Stages</h2>
      <DataTable
        label="Stages"
        columns={usedColumns(STAGES, run.stages)}
        rows={run.stages}
        keyOf={({ id }) => id}
        selected={chosen}
        onSelect={({ id }) => setChosen(id === chosen ? undefined : id)}
        empty="The run has no stages."
      />
      <h2>Tasks{chosen === undefined ? '' : ` of stage ${printableLine(chosen)}`}</h2>
      <p class="quiet explain">
        A trace keeps the failed and the slowest tasks; the numbers of a stage are of all of them.
      </p>
      <DataTable
        label="Tasks"
        columns={usedColumns(TASKS, tasks)}
        rows={tasks}
        keyOf={({ stage, task }) => `${stage.id} ${task.id} ${task.attempt}`}
        empty="No task was kept."
      />
    </div>
  );
}
