export { type EventedProfile, type SampledProfile, type SpeedscopeFile, toSpeedscope } from './export/to-speedscope.ts';
export { type SvgOptions, toSvg } from './export/to-svg.ts';
export { toText } from './export/to-text.ts';
export type { FindingEvidence, PageFinding, PageRun } from './finding.ts';
export { type PageOptions, pageParts, renderPage } from './render-page.ts';
