import { render } from 'preact';
import { App } from './app.tsx';
import { readEvents, readSummaries } from './page-data.ts';

const root = document.getElementById('page');
if (root !== null) {
  root.replaceChildren();
  render(<App initial={readSummaries()} events={readEvents()} />, root);
}
