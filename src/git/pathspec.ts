/** A path from the top of the work tree, taken literally, with all that is below it; '' is the top. */
export function pathspec(path: string): string {
  return path ? `:(top,literal)${path}` : ':/';
}

/** The same, with letters in either case. Of ASCII only: that is what git knows. */
export function pathspecInAnyCase(path: string): string {
  return path ? `:(top,literal,icase)${path}` : ':/';
}
