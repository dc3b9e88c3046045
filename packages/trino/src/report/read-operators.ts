import { present } from '@planscope/internal/present';
import type { TrinoOperator } from './query-info.ts';
import { bytesOf, countOf, durationOf, type Fields, fieldsOf, listOf, wordOf } from './report-values.ts';

/** The operators of a stage, with numbers over all its tasks. */
export function readOperators(value: unknown): readonly TrinoOperator[] {
  return (listOf(value) ?? []).flatMap((operator) => {
    const fields = fieldsOf(operator) ?? {};
    const planNodeId = wordOf('id', fields.planNodeId);
    const type = wordOf('name', fields.operatorType);
    const [pipelineId, operatorId, outputRows] = [fields.pipelineId, fields.operatorId, fields.outputPositions].map(
      countOf,
    );
    if (planNodeId === undefined || type === undefined) return [];
    if (pipelineId === undefined || operatorId === undefined || outputRows === undefined) return [];
    return [{ planNodeId, pipelineId, operatorId, type, outputRows, ...readNumbers(fields) }];
  });
}

function readNumbers(
  fields: Fields,
): Omit<TrinoOperator, 'planNodeId' | 'pipelineId' | 'operatorId' | 'type' | 'outputRows'> {
  return present({
    sourceId: wordOf('id', fields.sourceId),
    outputBytes: bytesOf(fields.outputDataSize),
    compute: sumOf(fields.addInputCpu, fields.getOutputCpu, fields.finishCpu),
    scheduled: sumOf(fields.addInputWall, fields.getOutputWall, fields.finishWall),
    blocked: durationOf(fields.blockedWall),
    peakMemoryBytes: bytesOf(fields.peakUserMemoryReservation),
    spilledBytes: bytesOf(fields.spilledDataSize),
    physicalInputBytes: bytesOf(fields.physicalInputDataSize),
    physicalInputRows: countOf(fields.physicalInputPositions),
    physicalInputReadTime: durationOf(fields.physicalInputReadTime),
    networkInputBytes: bytesOf(fields.internalNetworkInputDataSize),
    writtenBytes: bytesOf(fields.physicalWrittenDataSize),
  });
}

/** The sum of durations; unknown if one of them is. */
function sumOf(...texts: readonly unknown[]): number | undefined {
  const durations = texts.map(durationOf);
  const known = durations.filter((duration) => duration !== undefined);
  return known.length < durations.length ? undefined : known.reduce((sum, duration) => sum + duration, 0);
}
