import { OLDEST_GIT } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import { gitVersion, isAtLeast } from '../git/version.ts';
import { nodeProblem, OLDEST_NODE } from '../node-version.ts';
import type { Finding } from './finding.ts';
import { failed, ok } from './finding.ts';

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
  const problem = nodeProblem(version);
  if (problem === undefined) return ok('node-version', `Node ${version}`);
  return failed('node-version', problem, `Install Node ${OLDEST_NODE} or newer.`);
}
