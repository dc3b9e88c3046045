/** A query on one line: runs of white space become one space. Only for display, since it may join a comment to code. */
export function singleLine(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ');
}
