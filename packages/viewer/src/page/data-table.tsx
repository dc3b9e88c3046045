import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { rowForKey, useVirtualRows } from './virtual-rows.ts';

export interface Column<Row> {
  readonly label: string;
  /** What it sorts by. Numbers are aligned to the right. */
  readonly value: (row: Row) => number | string | undefined;
  /** What it shows. Default: the value. */
  readonly show?: (row: Row) => ComponentChildren;
  readonly numeric?: boolean;
  /** Takes what room is left. */
  readonly wide?: boolean;
  /** Explains the column. */
  readonly title?: string;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly selected?: string | undefined;
  readonly onSelect?: (row: Row) => void;
  /** Shown instead of rows if there are none. */
  readonly empty: string;
}

const ROW_HEIGHT = 32;

/** A table of any length that sorts by its columns and is walked with the arrow keys. */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { label, columns, rows, keyOf, selected, onSelect, empty } = props;
  const [order, setOrder] = useState<{ readonly column: number; readonly up: boolean }>();
  const sorted = useMemo(() => {
    const column = order === undefined ? undefined : columns[order.column];
    if (order === undefined || column === undefined) return rows;
    return [...rows].sort((one, other) => compare(column.value(one), column.value(other), order.up));
    // The columns of one table differ only in what they close over, not in what they sort by.
  }, [rows, order]);
  const virtual = useVirtualRows(sorted.length, ROW_HEIGHT, ROW_HEIGHT);
  const [at, setAt] = useState(0);
  const current = Math.min(at, sorted.length - 1);

  useEffect(() => {
    const index = sorted.findIndex((row) => keyOf(row) === selected);
    if (index >= 0) {
      setAt(index);
      virtual.reveal(index);
    }
  }, [selected, sorted]);

  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const move = (event: KeyboardEvent): void => {
    const to = rowForKey(event.key, current, sorted.length);
    if (to === undefined) {
      const row = sorted[current];
      if ((event.key === 'Enter' || event.key === ' ') && row !== undefined && event.target === event.currentTarget) {
        event.preventDefault();
        onSelect?.(row);
      }
      return;
    }
    event.preventDefault();
    setAt(to);
    virtual.reveal(to);
  };
  return (
    <div class="table-scroll" ref={virtual.scroller}>
      <table
        role="grid"
        aria-label={label}
        aria-rowcount={sorted.length + 1}
        aria-activedescendant={`${label}-${current}`}
        tabIndex={0}
        onKeyDown={move}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column, index) => {
              const isOrder = order?.column === index;
              return (
                <th
                  key={column.label}
                  class={`${column.numeric ? 'numeric' : ''} ${column.wide ? 'wide' : ''}`}
                  aria-sort={isOrder ? (order.up ? 'ascending' : 'descending') : 'none'}
                  title={column.title}
                >
                  <button
                    type="button"
                    onClick={() => setOrder({ column: index, up: isOrder ? !order.up : column.numeric !== true })}
                  >
                    {column.label}
                    <span aria-hidden="true" class="order">
                      {isOrder ? (order.up ? '↑' : '↓') : ''}
                    </span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {virtual.above > 0 && <Room height={virtual.above} />}
          {sorted.slice(virtual.first, virtual.end).map((row, offset) => {
            const index = virtual.first + offset;
            const key = keyOf(row);
            return (
              <tr
                key={key}
                id={`${label}-${index}`}
                aria-rowindex={index + 2}
                aria-selected={key === selected}
                class={index === current ? 'current' : ''}
                onClick={() => {
                  setAt(index);
                  onSelect?.(row);
                }}
              >
                {columns.map((column) => (
                  <td key={column.label} class={column.numeric ? 'numeric' : column.wide ? 'wide' : ''}>
                    {column.show?.(row) ?? column.value(row) ?? <span class="quiet">–</span>}
                  </td>
                ))}
              </tr>
            );
          })}
          {virtual.below > 0 && <Room height={virtual.below} />}
        </tbody>
      </table>
    </div>
  );
}

/** Takes the room of rows that are out of sight. */
function Room({ height }: { readonly height: number }): JSX.Element {
  return (
    <tr aria-hidden="true" class="room">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

/** What is unknown comes last in both orders. */
function compare(one: number | string | undefined, other: number | string | undefined, up: boolean): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? 1 : -1;
  const way = up ? 1 : -1;
  if (typeof one === 'number' && typeof other === 'number') return way * (one - other);
  return way * String(one).localeCompare(String(other), 'en', { numeric: true });
}
