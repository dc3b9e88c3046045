import type { ConfigSource } from '../resolved-tracing.ts';
import type { Layer, SetValue } from './layer.ts';

/** A value together with the source that set it. */
export interface Setting extends SetValue {
  readonly source: ConfigSource;
  /** Strength of the source; of two settings of one place the stronger is in effect. */
  readonly rank: number;
}

/** Everything that all sources set, field by field, and within a record key by key. */
export class Settings {
  /** Path of the field, then key within it (empty if the field is not a record), then weakest first. */
  readonly #fields = new Map<string, Map<string, Setting[]>>();

  constructor(layers: readonly Layer[]) {
    layers.forEach(({ source, values }, rank) => {
      for (const value of values) {
        const settings = this.#settingsAt(value.path, value.key);
        settings.push({ ...value, source, rank });
      }
    });
  }

  /** The setting of a field in effect; with a rank, the one in effect before stronger sources. */
  at(path: string, rank: number = Number.POSITIVE_INFINITY): Setting | undefined {
    return this.#fields
      .get(path)
      ?.get('')
      ?.findLast((setting) => setting.rank <= rank);
  }

  /** The setting in effect of a field that has a default. */
  of(path: string): Setting {
    const setting = this.at(path);
    if (setting === undefined) throw new RangeError(`[planscope/config] nothing sets ${path}`);
    return setting;
  }

  /** The settings in effect of one field: at most one, or one for each key of a record. */
  under(path: string): Setting[] {
    return [...(this.#fields.get(path)?.values() ?? [])].flatMap((settings) => settings.slice(-1));
  }

  /** Replaces a setting with a value derived from other settings. */
  derive(path: string, value: unknown, from: Setting): void {
    this.#fields.set(path, new Map([['', [{ ...from, path, value }]]]));
  }

  /** Removes an optional setting that has no effect any more. */
  drop(path: string): void {
    this.#fields.delete(path);
  }

  #settingsAt(path: string, key = ''): Setting[] {
    const keys = this.#fields.get(path) ?? new Map<string, Setting[]>();
    const settings = keys.get(key) ?? [];
    this.#fields.set(path, keys.set(key, settings));
    return settings;
  }
}

/** The source of a setting, as a problem names it. */
export function originOf({ source, origin }: Setting): string {
  return origin === undefined ? source : `${source} ${origin}`;
}
