import { describeError, standardSql } from '@planscope/redaction';
import { type Field, type RecordBatch, Type } from 'apache-arrow';
import { escapeText } from './cell/escape-text.ts';
import { TextBudget } from './cell/text-budget.ts';
import { writeValue } from './cell/write-value.ts';
import { type PreviewBounds, type PreviewOptions, previewBounds } from './preview-options.ts';
import { cellRedaction, columnName } from './redaction/cell-redaction.ts';
import { type RenderedTable, renderTable, type TableColumn } from './table/render-table.ts';

/** Collects the first rows of a stream of record batches. It never throws and keeps no batch. */
export interface PreviewBuilder {
  /** Copies the cells that the preview still needs, so that the batch may be changed or freed afterwards. */
  add(batch: RecordBatch): void;
  /** Whether the preview needs no more batches. */
  readonly isFull: boolean;
  /** The preview as a table, or undefined when there were no rows. */
  finish(): RenderedTable | undefined;
}

/** Replaces a value that could not be read or formatted. */
const UNAVAILABLE = '[UNAVAILABLE]';

/**
 * Makes the preview of one operator or result. Its cost depends on its bounds, never on the size of a batch.
 * @param options Bounds, redaction, and the warning callback.
 * @throws {PreviewError} When a bound is not a whole number from 0.
 */
export function createPreview(options: PreviewOptions): PreviewBuilder {
  const bounds = previewBounds(options);
  const { dialect = standardSql, redaction: redactionOptions = { mode: 'none' } } = options;
  const warn = warnOnce(options.onWarning);
  const redaction = cellRedaction(redactionOptions, warn);
  const rows: string[][] = [];
  let columns: readonly TableColumn[] | undefined;
  let fieldCount = 0;

  const take = (batch: RecordBatch): void => {
    const { fields } = batch.schema;
    if (columns === undefined) {
      columns = fields.slice(0, maxColumns(bounds)).map((field) => columnOf(field));
      fieldCount = fields.length;
    }
    if (fields.length !== fieldCount) throw new RangeError('a batch has other columns than the first');
    const needed = Math.min(bounds.limit - rows.length, batch.numRows);
    for (let row = 0; row < needed; row += 1) {
      rows.push(columns.map((_column, column) => cellText(batch, column, row)));
    }
  };

  const columnOf = (field: Field): TableColumn => {
    const visibility = redaction.visibilityOf(field.name, field.type, 'partly');
    const isNumber = [Type.Int, Type.Float, Type.Decimal].includes(field.type.typeId);
    const name = columnName(field.name, redactionOptions.mode, { visibility, dialect });
    return { name: escapeText(name), align: isNumber ? 'right' : 'left' };
  };

  const cellText = (batch: RecordBatch, column: number, index: number): string => {
    try {
      const out = new TextBudget(maxCellCharacters(bounds));
      const data = batch.data.children[column];
      const path = batch.schema.fields[column]?.name ?? '';
      if (data === undefined) throw new RangeError('a column is not stored');
      const visibility = redaction.visibilityOf(path, data.type, 'partly');
      writeValue({ source: { data, index }, path, visibility, depth: 0 }, { out, redaction });
      return out.toString();
    } catch (error) {
      warn(`a value of column ${column + 1} could not be shown`, error);
      return UNAVAILABLE;
    }
  };

  return {
    add(batch) {
      if (rows.length >= bounds.limit) return;
      try {
        take(batch);
      } catch (error) {
        warn('a batch could not be read', error);
      }
    },
    get isFull() {
      return rows.length >= bounds.limit;
    },
    finish() {
      if (columns === undefined || rows.length === 0) return undefined;
      try {
        return renderTable({ columns, rows, omittedColumns: fieldCount - columns.length }, bounds);
      } catch (error) {
        warn('the table could not be drawn', error);
        return undefined;
      }
    },
  };
}

/** Most columns that can fit, however narrow: a character and its borders take four places. */
function maxColumns({ maxWidth }: PreviewBounds): number {
  return maxWidth === 0 ? Number.POSITIVE_INFINITY : Math.max(Math.floor((maxWidth - 1) / 4), 1);
}

function maxCellCharacters({ maxWidth, maxRowHeight, maxBytes }: PreviewBounds): number {
  const area = maxWidth * maxRowHeight || Number.POSITIVE_INFINITY;
  return Math.min(area, maxBytes || Number.POSITIVE_INFINITY);
}

/** Reports the kind of the first failure only, because the message of an error may hold a value. */
function warnOnce(onWarning: PreviewOptions['onWarning']): (what: string, error: unknown) => void {
  let warned = false;
  return (what, error) => {
    if (warned) return;
    warned = true;
    try {
      onWarning?.(`[planscope/preview] ${what} (${describeError(error).type})`);
    } catch {
      // A preview never fails its query, not even if the warning callback throws.
    }
  };
}
