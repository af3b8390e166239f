/** The part of a shell script that is ours, where users write into the same file. */

export const BEGIN = '# lazyspec-hooks: refuses changes to documents that you have not claimed';
export const END = '# lazyspec-hooks: end';

interface Split {
  before: string;
  lines: string[];
  /** Those of the lines that are not ours; undefined if one of ours is missing or changed. */
  added: string[] | undefined;
  after: string;
}

const FIRST = new RegExp(`^[ \\t]*${BEGIN}\\.?[ \\t]*\\r?(?:\\n|$)`, 'm');
const LAST = new RegExp(`^[ \\t]*${END}\\b[^\\n]*\\n?`, 'm');

/**
 * Splits a script at our part. Indentation and line ends are not compared: editors change them.
 * @param versions what our part may be, in this release and earlier ones
 * @returns undefined where there is no such part
 */
export function splitAtOurs(text: string, versions: readonly string[]): Split | undefined {
  const first = FIRST.exec(text);
  if (!first) return undefined;
  const rest = text.slice(first.index);
  const last = LAST.exec(rest);
  const end = last ? last.index + last[0].length : rest.length;
  const lines = rest.slice(0, end).split(/(?<=\n)/);
  return {
    before: text.slice(0, first.index),
    lines,
    added: versions.map((version) => addedTo(version, lines)).find((added) => added),
    after: rest.slice(end),
  };
}

/** The lines that are not in `version`; undefined if one of its own is missing. */
function addedTo(version: string, lines: readonly string[]): string[] | undefined {
  const ours = version.split('\n').map(normal).filter(Boolean);
  const added = lines.filter((line) => {
    if (normal(line) !== ours[0]) return normal(line) !== '';
    ours.shift();
    return false;
  });
  // The last line, which only marks the end, may have been deleted.
  return ours.length === 0 || (ours.length === 1 && ours[0]?.startsWith(END)) ? added : undefined;
}

/** How a manager calls one of our hooks: the path in it differs from clone to clone. */
export const OUR_COMMAND = /sh -c '(?:[^']|'\\'')*' lazyspec-hooks(?= "\$@")/;

export function normal(line: string): string {
  return line.trim().replace(OUR_COMMAND, 'lazyspec-hooks');
}
