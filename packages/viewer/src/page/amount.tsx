import { type Quantity, quantity } from '@planscope/internal/quantity';
import type { MetricSource } from '@planscope/run-model';
import type { JSX } from 'preact';

/** Where numbers come from, in words. */
export const SOURCES: Readonly<Record<MetricSource, string>> = {
  counted: 'counted from rows or files in the process',
  io_log: 'sum of the single reads and writes that the engine logged',
  profile: "from the engine's profiler",
  settings: 'from the settings of the engine',
};

/** A number with a quieter unit. */
export function Amount(props: {
  readonly value: number | undefined;
  readonly unit?: string | undefined;
  readonly as?: (value: number) => Quantity;
}): JSX.Element {
  const { value, unit, as } = props;
  if (value === undefined) return <span class="quiet">–</span>;
  const shown = as?.(value) ?? quantity(value, unit);
  return (
    <span class="amount">
      {shown.number}
      {shown.unit !== '' && <span class="unit"> {shown.unit}</span>}
    </span>
  );
}
