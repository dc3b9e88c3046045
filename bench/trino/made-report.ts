/** Reports of queries as Trino sends them, of any size. */
const START = Date.UTC(2026, 10, 28, 12);
const instant = (milliseconds: number): string => new Date(START + milliseconds).toISOString();

const OPERATORS = ['TableScanOperator', 'FilterAndProjectOperator', 'LookupJoinOperator', 'HashAggregationOperator'];

const totals = {
  totalCpuTime: '1.36s',
  totalScheduledTime: '2.78s',
  totalBlockedTime: '385.70us',
  inputBlockedTime: '12.00ms',
  physicalInputDataSize: '943808B',
  physicalInputPositions: 60_175,
  physicalInputReadTime: '7.15ms',
  internalNetworkInputDataSize: '4800B',
  physicalWrittenDataSize: '0B',
  peakUserMemoryReservation: '131072B',
  spilledDataSize: '0B',
};

const operatorsOf = (pipelineId: number): object[] =>
  OPERATORS.map((operatorType, operatorId) => ({
    pipelineId,
    operatorId,
    planNodeId: String(OPERATORS.length - operatorId),
    operatorType,
    addInputWall: '208.22ms',
    addInputCpu: '12.22ms',
    getOutputWall: '208.22ms',
    getOutputCpu: '12.22ms',
    finishWall: '0.00ns',
    finishCpu: '0.00ns',
    blockedWall: '1.19s',
    outputPositions: 1_000,
    outputDataSize: '17444B',
    physicalInputDataSize: '943808B',
    physicalInputPositions: 60_175,
    physicalInputReadTime: '7.15ms',
    internalNetworkInputDataSize: '0B',
    physicalWrittenDataSize: '0B',
    peakUserMemoryReservation: '603688B',
    spilledDataSize: '0B',
    metrics: {
      'CPU time distribution (s)': { digest: 'A'.repeat(120), min: 0.0024262539999999997, max: 0.0038641009999999996 },
    },
  }));

/** One task of a stage. */
export function task(stage: number, id: number): object {
  const began = 100 + (id % 50);
  // One in a thousand is slow.
  const ended = began + (id % 1_000 === 999 ? 9_000 : 500 + (id % 300));
  return {
    taskStatus: {
      taskId: `20261128_120648_00002_q6q7j.${stage}.${id}.0`,
      state: 'FINISHED',
      nodeId: `worker-${id % 100}`,
      failures: [],
    },
    stats: {
      createTime: instant(began),
      firstStartTime: instant(began + 10),
      lastEndTime: instant(ended - 1),
      endTime: instant(ended),
      elapsedTime: '780.03ms',
      outputPositions: 1_000,
      outputDataSize: '17444B',
      ...totals,
      pipelines: [0, 1].map((pipelineId) => ({
        pipelineId,
        firstStartTime: instant(began + 10),
        lastEndTime: instant(ended - 1),
        operatorSummaries: operatorsOf(pipelineId),
      })),
    },
  };
}

function stage(id: number, stages: number, tasks: unknown[], taskCount: number): object {
  const nodes = OPERATORS.reduceRight<object[]>(
    (children, _, index) => [
      {
        id: String(index + 1),
        name: ['Aggregate', 'InnerJoin', 'FilterProject', 'TableScan'][index],
        descriptor: { filterPredicate: "(mktsegment = varchar(10) 'BUILDING')", keys: '[orderkey, orderdate]' },
        details: ['sum := sum(expr)'],
        children,
      },
    ],
    [],
  );
  return {
    stageId: `20261128_120648_00002_q6q7j.${id}`,
    state: 'FINISHED',
    plan: { jsonRepresentation: JSON.stringify(nodes[0]) },
    stageStats: { outputPositions: 1_000 * taskCount, ...totals, operatorSummaries: [0, 1].flatMap(operatorsOf) },
    tasks,
    subStages: id + 1 < stages ? [`20261128_120648_00002_q6q7j.${id + 1}`] : [],
  };
}

/** The report of a query whose stages have the tasks that are given. */
export function queryInfo(stages: number, tasksOf: (stage: number) => unknown[], taskCount: number): object {
  const list = Array.from({ length: stages }, (_, id) => stage(id, stages, tasksOf(id), taskCount));
  return {
    queryId: '20261128_120648_00002_q6q7j',
    session: {},
    state: 'FINISHED',
    query: "SELECT count(*) FROM tpch.tiny.customer WHERE mktsegment = 'BUILDING'",
    queryStats: {
      createTime: instant(0),
      executionStartTime: instant(20),
      endTime: instant(10_000),
      analysisTime: '11.83ms',
      planningTime: '346.31ms',
      outputPositions: 10,
      ...totals,
    },
    stages: { outputStageId: '20261128_120648_00002_q6q7j.0', stages: list },
    finalQueryInfo: true,
    version: { version: '483' },
  };
}

/** The tasks of a stage, all at once. */
export const kept = (stageId: number, count: number): unknown[] =>
  Array.from({ length: count }, (_, id) => task(stageId, id));
