type Present<Fields extends object> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** The given fields without those that are undefined. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const left: Present<Fields> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) left[key] = value as Exclude<Fields[typeof key], undefined>;
  }
  return left;
}
