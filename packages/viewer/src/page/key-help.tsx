import type { JSX, RefObject } from 'preact';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['/', 'search'],
  ['1 … 8', 'the views of a run'],
  ['[  ]', 'the run before, the next run'],
  ['↑ ↓', 'rows; in the plan: the consumer, an input'],
  ['← →', 'in the plan: the operators beside; in the timeline: close and open'],
  ['Home End', 'the first, the last'],
  ['Enter', 'select'],
  ['+ − 0', 'in the plan: larger, smaller, the whole plan'],
  ['Esc', 'select nothing'],
  ['?', 'this help'],
];

export function KeyHelp({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }): JSX.Element {
  return (
    <dialog ref={dialog} aria-labelledby="keys">
      <h2 id="keys">Keyboard</h2>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </form>
    </dialog>
  );
}
