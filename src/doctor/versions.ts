import { OLDEST_GIT } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import { gitVersion, isAtLeast } from '../git/version.ts';
import type { Finding } from './finding.ts';
import { failed, ok } from './finding.ts';

/** As package.json's `engines` has it. */
const OLDEST_NODE = { major: 20, minor: 17 };

/** @throws {LazyspecError} GIT_MISSING */
export async function checkGit(git: Git): Promise<Finding> {
  const version = await gitVersion(git);
  const message = `git ${version.major}.${version.minor}`;
  if (isAtLeast(version, OLDEST_GIT)) return ok('git-version', message);
  const { major, minor } = OLDEST_GIT;
  return failed('git-version', `${message} is too old`, `Install git ${major}.${minor} or newer.`);
}

/** @param version such as `20.17.0` */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (isAtLeast({ major, minor }, OLDEST_NODE)) return ok('node-version', `Node ${version}`);
  const oldest = `${OLDEST_NODE.major}.${OLDEST_NODE.minor}`;
  return failed('node-version', `Node ${version} is too old`, `Install Node ${oldest} or newer.`);
}
