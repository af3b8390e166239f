/** `tree`, parents, `author`, `committer`, in this order (git-fsck(1) would complain of others). */
const HEADER =
  /^tree ([0-9a-f]+)\n(?:parent [0-9a-f]+\n)*author [^\n]*\ncommitter [^\n]*> (\d{1,15}) [+-]\d{4}\n/;

export interface CommitHeader {
  /** Id of the tree. */
  tree: string;
  /** Committer time, seconds since 1970. */
  time: number;
}

/**
 * What the header of a commit says; undefined where it is not as git writes it.
 * @param content the bytes of the commit object, or of its header
 */
export function commitHeader(content: Buffer | string): CommitHeader | undefined {
  const text = typeof content === 'string' ? content : content.toString('latin1');
  const [, tree, time] = HEADER.exec(text) ?? [];
  return tree === undefined ? undefined : { tree, time: Number(time) };
}
