/**
 * Makes the test for one glob: `*` stands for any characters, dots included, `?` for one; case does not matter. The time
 * of a test grows with the length of the pattern times that of the text, never faster.
 */
export function columnGlob(pattern: string): (text: string) => boolean {
  const glob = Array.from(pattern.toLowerCase());
  return (text) => matches(glob, Array.from(text.toLowerCase()));
}

function matches(glob: readonly string[], text: readonly string[]): boolean {
  let atGlob = 0;
  let atText = 0;
  let star = -1;
  let resume = 0;
  while (atText < text.length) {
    if (glob[atGlob] === '*') {
      star = atGlob;
      resume = atText;
      atGlob += 1;
    } else if (glob[atGlob] === '?' || glob[atGlob] === text[atText]) {
      atGlob += 1;
      atText += 1;
    } else if (star >= 0) {
      resume += 1;
      atText = resume;
      atGlob = star + 1;
    } else {
      return false;
    }
  }
  while (glob[atGlob] === '*') atGlob += 1;
  return atGlob === glob.length;
}
