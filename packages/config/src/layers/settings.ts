import type { ConfigSource } from '../resolved-tracing.ts';
import { type Layer, placeOf, type SetValue } from './layer.ts';

/** A value together with the source that set it. */
export interface Setting extends SetValue {
  readonly source: ConfigSource;
  /** Strength of the source; of two settings of one place the stronger is in effect. */
  readonly rank: number;
}

/** Everything that all sources set, weakest first, place by place. */
export class Settings {
  readonly #places = new Map<string, Setting[]>();

  constructor(layers: readonly Layer[]) {
    layers.forEach(({ source, values }, rank) => {
      for (const value of values) {
        const place = placeOf(value);
        this.#places.set(place, [...(this.#places.get(place) ?? []), { ...value, source, rank }]);
      }
    });
  }

  /** The setting in effect at a place; with a rank, the one that was in effect before stronger sources spoke. */
  at(place: string, rank: number = Number.POSITIVE_INFINITY): Setting | undefined {
    return this.#places.get(place)?.findLast((setting) => setting.rank <= rank);
  }

  /** The setting in effect of a field that has a default. */
  of(path: string): Setting {
    const setting = this.at(path);
    if (setting === undefined) throw new RangeError(`[planscope/config] nothing sets ${path}`);
    return setting;
  }

  /** The settings in effect of one field: at most one, or one for each key of a record. */
  under(path: string): Setting[] {
    return [...this.#places.values()].flatMap((settings) => settings.slice(-1)).filter((entry) => entry.path === path);
  }

  /** Puts what follows from other settings in place of what was set. */
  derive(path: string, value: unknown, from: Setting): void {
    this.#places.set(path, [{ ...from, path, value }]);
  }

  /** Takes away an optional setting that no longer means anything. */
  drop(path: string): void {
    this.#places.delete(path);
  }
}

/** How a problem names where a setting came from. */
export function originOf({ source, origin }: Setting): string {
  return origin === undefined ? source : `${source} ${origin}`;
}
