/** Any of the fields; one that has a default may be `undefined`, too. */
export type ConfigPart<Fields> = {
  readonly [Name in keyof Fields]?: Partial<Pick<Fields, Name>> extends Pick<Fields, Name>
    ? Fields[Name]
    : Fields[Name] | undefined;
};
