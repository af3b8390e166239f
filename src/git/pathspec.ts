/** A path from the top of the work tree, taken literally, with all that is below it; '' is the top. */
export function pathspec(path: string): string {
  return path ? `:(top,literal)${path}` : ':/';
}
