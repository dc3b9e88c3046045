import type { CheckedOperator } from '@planscope/internal/checks/checked-operator';
import { countsRows, estimatedRows } from '../profile/operator-rows.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { childId } from '../report/operator-reports.ts';

/** The operators of a profile as the checks see them, with their ids in the report. */
export function checkedOperators(operators: readonly ProfiledOperator[]): CheckedOperator[] {
  return operators.map((operator, index) => checkedOperator(operator, String(index)));
}

function checkedOperator(operator: ProfiledOperator, id: string): CheckedOperator {
  const { name, type, rows, extraInfo, children } = operator;
  const { Conditions = [], Table: table, 'Filename(s)': files } = extraInfo;
  return {
    id,
    name,
    type,
    rows: countsRows(operator) ? rows : undefined,
    estimatedRows: estimatedRows(extraInfo),
    children: children.map((child, index) => checkedOperator(child, childId(id, index))),
    joinConditions: [Conditions].flat(),
    hasDynamicFilter: 'Dynamic Filters' in extraInfo,
    readsData: files !== undefined || table !== undefined,
    tableIndex: textOf(extraInfo['Table Index']),
    cteIndex: textOf(extraInfo['CTE Index']),
  };
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
