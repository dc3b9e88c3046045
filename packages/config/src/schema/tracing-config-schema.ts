import { z } from 'zod';
import { readDirectives } from '../filter/read-directives.ts';
import { CUSTOM_FIELD_NAME } from './custom-field-name.ts';
import { exportPolicySchema, fileSchema, logSchema, otlpSchema } from './export-schema.ts';
import { previewSchema } from './preview-schema.ts';
import { privacySchema } from './privacy-schema.ts';

const ruleMode = z.enum(['disabled', 'phase-only', 'full']);

const fieldName = z.string().regex(CUSTOM_FIELD_NAME, 'is reserved for Planscope and OpenTelemetry, or holds a space');

const resourceKey = z.string().regex(/^(?!service\.name$)\S+$/, 'is what serviceName is for, or holds a space');

/**
 * The one source of truth: defaults, validation, environment variables and the JSON Schema file come from it, and the
 * written types are held to it. Its output is the complete configuration, its input any part of it.
 */
export const tracingConfigSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Off means off: with false nothing is wrapped and no span is made.'),
  preset: z
    .enum(['maximal', 'maximal-no-data', 'production-lean', 'off'])
    .default('production-lean')
    .describe(
      'The preset that the configuration starts from. The default is the one that is safe in a service: no row of data, no plan text, few spans.',
    ),
  recordMetrics: z
    .boolean()
    .default(true)
    .describe(
      'Whether operator spans carry the metrics of their operator. Without them DuckDB is not asked for its profile, so its own operators and planner have no spans either.',
    ),
  operatorLayout: z
    .enum(['reported', 'proportional'])
    .default('reported')
    .describe(
      'Where operators stand of which the engine tells only how long they computed: reported gives each the whole execution, proportional draws it as wide as its share of the compute time, which is a picture of cost and marked so.',
    ),
  ruleMode: ruleMode
    .default('phase-only')
    .describe('How much of planning is traced: nothing, one span a phase, or also one span a rule.'),
  rulePhases: z
    .strictObject({
      analyzer: ruleMode.exactOptional().describe('Overrides ruleMode for the analysis of the logical plan.'),
      logical: ruleMode.exactOptional().describe('Overrides ruleMode for the optimization of the logical plan.'),
      physical: ruleMode
        .exactOptional()
        .describe('Overrides ruleMode for the making and optimization of the physical plan.'),
    })
    .prefault({}),
  planDiff: z
    .union([z.enum(['off', 'on', 'per-rule']), z.boolean()])
    .transform((value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value))
    .prefault('off')
    .describe(
      'Whether plan diffs are recorded: on takes those that planning shows by itself, per-rule also asks the engine for one per rule where that costs further planning. true is on, false is off.',
    ),
  preview: previewSchema.prefault({}),
  privacy: privacySchema.prefault({}),
  detail: z
    .strictObject({
      slowerThan: z
        .number()
        .min(0)
        .exactOptional()
        .describe(
          'A DuckDB query that took less than this, ran to its end and spilled nothing keeps only numbers of the whole query, without planner and operators. Not set: all are traced in full. In milliseconds.',
        ),
    })
    .prefault({}),
  instrumentObjectStore: z.boolean().default(true).describe('Whether reads and writes of object stores get spans.'),
  spanBudget: z
    .int()
    .min(1)
    .default(2000)
    .describe(
      'Most spans of one run; further ones are counted on the root span instead. The default fits the default queue.',
    ),
  maxAttributeBytes: z
    .int()
    .min(64)
    .default(16_384)
    .describe('Most bytes of one text attribute, in UTF-8; what is over is cut visibly.'),
  spanLimits: z
    .strictObject({
      attributeCount: z.int().min(1).default(256).describe('Most attributes of one span.'),
      eventCount: z.int().min(1).default(128).describe('Most events of one span.'),
      linkCount: z.int().min(1).default(128).describe('Most links of one span.'),
      attributePerEventCount: z.int().min(1).default(128).describe('Most attributes of one event.'),
      attributePerLinkCount: z.int().min(1).default(128).describe('Most attributes of one link.'),
    })
    .prefault({}),
  customSpanFields: z
    .record(fieldName, z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Static fields that stand on the root span and on every operator span.'),
  filter: z
    .string()
    .superRefine((text, context) => {
      for (const fault of readDirectives(text).faults) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ examples: ['info,FilterExec=debug,object_store=off'] })
    .default('info')
    .describe(
      'Filter directives, comma-separated: a level, or target=level, as in info,FilterExec=debug,object_store=off.',
    ),
  exporters: z
    .array(z.enum(['otlp', 'file', 'log', 'console']))
    .refine((names) => new Set(names).size === names.length, 'names an exporter twice')
    .default(['otlp'])
    .describe('Where finished spans go; several at once are fine, an empty list sends them nowhere.'),
  otlp: otlpSchema.prefault({}),
  file: fileSchema.prefault({}),
  log: logSchema.prefault({}),
  serviceName: z.string().min(1).default('planscope').describe('The service.name of the resource.'),
  resourceAttributes: z
    .record(resourceKey, z.string())
    .default({})
    .describe('Further attributes of the resource. The name of the service has its own field, serviceName.'),
  exportPolicy: exportPolicySchema.prefault({}),
});
