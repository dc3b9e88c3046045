/** Takes the user's data out of a text of one or more lines. */
export type TextRedactor = (text: string) => string;
