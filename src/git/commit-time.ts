/** `tree`, parents, `author`, `committer`, in this order (git-fsck(1) would complain of others). */
const HEADER =
  /^tree [0-9a-f]+\n(?:parent [0-9a-f]+\n)*author [^\n]*\ncommitter [^\n]*> (\d{1,15}) [+-]\d{4}\n/;

/**
 * Committer time of a commit, in seconds since 1970; undefined where its header is not as git
 * writes it.
 * @param content the bytes of the commit object, or of its header
 */
export function commitTime(content: Buffer | string): number | undefined {
  const text = typeof content === 'string' ? content : content.toString('latin1');
  const [, seconds] = HEADER.exec(text) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
