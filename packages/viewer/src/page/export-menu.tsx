import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { toSpeedscope } from '../export/to-speedscope.ts';
import { toSvg } from '../export/to-svg.ts';
import { toText } from '../export/to-text.ts';
import type { OpenRun } from './page-data.ts';

/** Saves and copies the open run in other forms. */
export function ExportMenu({ opened: { run, findings } }: { readonly opened: OpenRun }): JSX.Element {
  const menu = useRef<HTMLDetailsElement>(null);
  const [said, setSaid] = useState('');
  const name = run.id.replaceAll(/[^\w-]+/g, '-').slice(0, 80) || 'run';
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  const save = (content: string, type: string, ending: string): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = `${name}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    close();
  };
  const copy = async (content: string, what: string): Promise<void> => {
    close();
    try {
      await navigator.clipboard.writeText(content);
      setSaid(`${what} copied`);
    } catch {
      setSaid('The browser refused to copy');
    }
    setTimeout(() => setSaid(''), 3000);
  };
  return (
    <>
      <span role="status" class="quiet said">
        {said}
      </span>
      <details class="menu" ref={menu}>
        <summary>Export</summary>
        <div class="menu-items">
          <button type="button" onClick={() => copy(toText(run, findings), 'Text')}>
            Copy as text, for an issue or an agent
          </button>
          <button type="button" onClick={() => copy(window.location.href, 'Link')}>
            Copy link to this view
          </button>
          <button type="button" onClick={() => save(toSvg(run), 'image/svg+xml', 'plan.svg')}>
            Plan as SVG
          </button>
          <button type="button" onClick={() => save(toSvg(run, { drawing: 'timeline' }), 'image/svg+xml', 'svg')}>
            Timeline as SVG
          </button>
          <button
            type="button"
            onClick={() => save(JSON.stringify(toSpeedscope(run)), 'application/json', 'speedscope.json')}
          >
            Profile for speedscope
          </button>
          <button type="button" onClick={() => save(JSON.stringify(run, null, 2), 'application/json', 'json')}>
            Run as JSON
          </button>
          <button
            type="button"
            onClick={() => {
              close();
              print();
            }}
          >
            Print
          </button>
        </div>
      </details>
    </>
  );
}
