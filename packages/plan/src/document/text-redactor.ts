/**
 * Takes the user's data out of a text of one or more lines.
 *
 * @param identifiers names that may stand; where given, any other name counts as data
 */
export type TextRedactor = (text: string, identifiers?: readonly string[]) => string;
