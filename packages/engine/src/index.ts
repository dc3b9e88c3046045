// For users

export type { EngineName } from './backend/engine-backend.ts';
export { type CustomStep, type SpanFields, type WithSpanOptions, withSpan } from './custom/with-span.ts';
export type { RunIdentities } from './identity/identities.ts';
export type { InputObject, InputSource, SourceAccess, TableState } from './input/input-source.ts';
export { OutputNode } from './logical/output-node.ts';
export { RelationNode, type RelationParts } from './logical/relation-node.ts';
export { SpecNode } from './logical/spec-node.ts';
export { ViewNode, type ViewParts } from './logical/view-node.ts';
export type { PlanCacheOptions } from './reuse/plan-cache.ts';
export { createEngine, type Engine, type StreamQuery } from './run/engine.ts';
export { EngineError, type EngineErrorCode } from './run/engine-error.ts';
export type { EngineOptions, ExtraRules, RunOptions, SpecificationRights } from './run/engine-options.ts';
export type { QueryStream } from './run/query-stream.ts';
export type { OutputResult, RunResult, WrittenFile } from './run/run-result.ts';
export type {
  DataFormat,
  ExecutionSpec,
  InputAccess,
  InputFormat,
  InputSpec,
  OutputFormat,
  OutputMode,
  OutputSpec,
  RulepackProfile,
  RulepackSpec,
  RuntimeSpec,
  TableFormat,
  ViewSpec,
} from './spec/execution-spec.ts';
export { SpecError, type SpecErrorCode } from './spec/spec-error.ts';
export type { TrinoFileOptions, TrinoOptions } from './trino/trino-options.ts';
