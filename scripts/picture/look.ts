/** Measures of the picture, in its own units. */
export const WIDTH = 1000;
export const MARGIN = 16;
export const LINE = 20;
/** Width of one character of the monospaced font at its size. */
export const CHARACTER = 7.23;

/** Colours are legible on the picture's own ground, which follows the reader's choice of light or dark. */
export const STYLE_SHEET = `
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; fill: #1f2328 }
.ground { fill: #ffffff; stroke: #d0d7de }
.panel { fill: #f6f8fa; stroke: #d0d7de }
.title { font-weight: 600; font-size: 14px }
.heading { font-weight: 600 }
.quiet { fill: #59636e }
.grid { stroke: #d0d7de; stroke-dasharray: 2 3 }
.guide { stroke: #d0d7de }
.bar { rx: 2px }
.run { fill: #6e7781 } .phase { fill: #8250df } .rule { fill: #a475f9 } .operator { fill: #0969da } .storage { fill: #1a7f37 }
.window { fill-opacity: .1; stroke-width: 1; stroke-dasharray: 3 2 }
.window.operator { stroke: #0969da }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.ground { fill: #0d1117; stroke: #3d444d }
.panel { fill: #151b23; stroke: #3d444d }
.quiet { fill: #9198a1 }
.grid, .guide { stroke: #3d444d }
.run { fill: #9198a1 } .phase { fill: #ab7df8 } .rule { fill: #cdb2ff } .operator { fill: #4493f8 } .storage { fill: #3fb950 }
.window { fill-opacity: .18 }
.window.operator { stroke: #4493f8 }
}`;
