// For users
export { createPreview, type PreviewBuilder } from './create-preview.ts';
export { PreviewError, type PreviewOptions } from './preview-options.ts';
export type { RedactableCell, RedactionOptions } from './redaction/redaction-options.ts';
// For other Planscope packages
export { type Visibility, type VisibilityRule, visibilityRule } from './redaction/visibility.ts';
export type { RenderedTable } from './table/render-table.ts';
