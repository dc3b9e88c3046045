import { demand } from './demand.ts';
import type { InstalledTree } from './installed-tree.ts';
import { type Family, families, type Room } from './rooms.ts';

/** Holds what was installed to what the package says it brings: nothing more, and no less. */
export function checkTree({ name, brings }: Room, { dependencies }: InstalledTree): void {
  for (const [family, pattern] of Object.entries(families)) {
    const found = dependencies.filter((dependency) => pattern.test(dependency));
    if (brings.includes(family as Family)) {
      demand(
        found.length > 0,
        `@planscope/${name} no longer brings ${family}; take it out of scripts/clean-room/rooms.ts`,
      );
    } else {
      demand(
        found.length === 0,
        `@planscope/${name} needs no ${family}, but ${found.join(', ')} was installed with it`,
      );
    }
  }
}
