/** Imports nothing: dist's entries check this before an old Node loads anything else. */

/** The oldest Node that this runs on; package.json's `engines` says the same. */
const OLDEST = { major: 20, minor: 17 };
export const OLDEST_NODE = `${OLDEST.major}.${OLDEST.minor}`;

/** @param version such as `20.17.0` @returns what is wrong with a Node of this version, if anything */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return undefined;
  return `Node ${major}.${minor} is too old; lazyspec-hooks needs ${OLDEST_NODE} or newer`;
}
