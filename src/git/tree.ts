/**
 * Tree objects, read more strictly than git reads them. git takes, stores and checks out trees that
 * it would not write itself, while its diffs, which rely on the order of names, skip entries of them.
 */

export interface TreeProblem {
  /** Name of the entry; bytes as latin1. */
  entry: string;
  what: string;
}

/** A name, by where it is in the bytes of its tree. */
interface Name {
  start: number;
  end: number;
}

const BLANK = 32;
const DOT = 46;
const SLASH = 47;
const FOLDER = 0o040000;

/**
 * Tens of thousands of trees are read, with thousands of entries each: the loop makes no objects.
 * @param tree the bytes of the object: `<mode in octal> SP <name> NUL <id in bytes>`, repeated
 * @param onFolder called for each folder in it, with its name (bytes as latin1) and its id
 * @returns the first thing that is wrong with it; a mode that git reads as another is not
 */
export function readTree(
  tree: Buffer,
  idBytes: number,
  onFolder: (name: string, oid: string) => void,
): TreeProblem | undefined {
  const size = tree.length;
  let problem: TreeProblem | undefined;
  /** Files before this entry whose names its own begins with: a folder may have one of them. */
  let shorter: Name[] = [];
  let before = 0;
  let beforeEnd = 0;
  let wasFolder = false;
  for (let at = 0; at < size; ) {
    // As git reads it: any octal digits, then a blank.
    let mode = 0;
    let start = at;
    for (; start < size && (byteAt(tree, start) & ~7) === 48; start++) {
      mode = (mode << 3) | (byteAt(tree, start) & 7);
    }
    const isMode = start > at && tree[start] === BLANK;
    const isFolder = (mode & 0o170000) === FOLDER;
    start += 1;

    let same = 0;
    while (before + same < beforeEnd && tree[start + same] === tree[before + same]) same++;
    let end = start + same;
    let hasSlash = false;
    for (; end < size && tree[end] !== 0; end++) if (tree[end] === SLASH) hasSlash = true;
    const next = end + 1 + idBytes;
    if (!isMode || next > size) {
      return { entry: tree.toString('latin1', at, at + 50), what: 'cannot be read' };
    }

    const isLonger = at > 0 && before + same === beforeEnd;
    if (isLonger && !wasFolder) shorter.push({ start: before, end: beforeEnd });
    if (shorter.length > 0) shorter = shorter.filter((one) => begins(tree, one, start, end));
    const isTwice =
      (isLonger && start + same === end) ||
      (isFolder && shorter.some((one) => one.end - one.start === end - start));
    // Names are in the order of their bytes, those of folders with a slash at their end.
    const last = isLonger ? (wasFolder ? SLASH : 0) : byteAt(tree, before + same);
    const here = start + same === end ? (isFolder ? SLASH : 0) : byteAt(tree, start + same);
    let what: string | undefined;
    if (hasSlash) what = 'has a slash in its name';
    else if (isTwice) what = 'is there twice';
    else if (at > 0 && last >= here) what = 'is out of order';
    else if (start === end) what = 'has no name';
    else if (tree[start] === DOT && end - start <= 4 && isReserved(tree, start, end)) {
      what = 'has a name that no file can have';
    } else if (tree[end + 1] === 0 && isZero(tree, end + 1, next)) what = 'has no id';
    if (what) problem ??= { entry: tree.toString('latin1', start, end), what };

    if (isFolder) {
      onFolder(tree.toString('latin1', start, end), tree.toString('hex', end + 1, next));
    }
    before = start;
    beforeEnd = end;
    wasFolder = isFolder;
    at = next;
  }
  return problem;
}

function byteAt(tree: Buffer, index: number): number {
  return tree[index] ?? 0;
}

/** Whether the name from `start` to `end` begins with another one. */
function begins(tree: Buffer, other: Name, start: number, end: number): boolean {
  const length = other.end - other.start;
  if (length > end - start) return false;
  return tree.compare(tree, other.start, other.end, start, start + length) === 0;
}

function isReserved(tree: Buffer, start: number, end: number): boolean {
  return /^(?:\.\.?|\.git)$/i.test(tree.toString('latin1', start, end));
}

function isZero(tree: Buffer, start: number, end: number): boolean {
  return tree.subarray(start, end).every((byte) => byte === 0);
}
