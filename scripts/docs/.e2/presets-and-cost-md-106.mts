import { renderExplanation, resolveTracingConfig } from '@planscope/config';

console.log(renderExplanation(resolveTracingConfig({ preset: 'maximal' }).explain()));
export {};
