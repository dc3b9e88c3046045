import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The rows of a long list that are in sight, and the room of those that are not. */
export interface VirtualRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  /** Pixels above and below. */
  readonly above: number;
  readonly below: number;
  /** Scrolls as little as needed to have a row in sight. */
  readonly reveal: (row: number) => void;
}

const MARGIN = 12;
/** A print has at most this many rows of a list. */
const PRINTED = 2000;

/** Keeps only the rows in sight in the document. All have the same height. */
export function useVirtualRows(total: number, rowHeight: number, header = 0): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ first: 0, end: 60 });
  const [printing, setPrinting] = useState(false);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = (): void => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN);
      const end = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + MARGIN;
      setSight((before) => (before.first === first && before.end === end ? before : { first, end }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [rowHeight, total]);

  useEffect(() => {
    const [before, after] = [() => setPrinting(true), () => setPrinting(false)];
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);

  const first = printing ? 0 : Math.min(sight.first, Math.max(0, total - 1));
  const end = Math.min(total, printing ? PRINTED : sight.end);
  const reveal = (row: number): void => {
    const element = scroller.current;
    if (element === null || row < 0) return;
    const top = row * rowHeight;
    const room = element.clientHeight - header;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room;
  };
  return { scroller, first, end, above: first * rowHeight, below: Math.max(0, total - end) * rowHeight, reveal };
}

/** The row that a key leads to in a list, or undefined for any other key. */
export function rowForKey(key: string, current: number, total: number, page = 12): number | undefined {
  const to = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    PageDown: current + page,
    PageUp: current - page,
    Home: 0,
    End: total - 1,
  }[key];
  return to === undefined || total === 0 ? undefined : Math.min(total - 1, Math.max(0, to));
}
