/** The ref store on nodegit, as the program chooses it; only for `npm run test:nodegit`. */

import type { ChosenStore } from '../../src/git/choose-store.ts';
import { chooseStore } from '../../src/git/choose-store.ts';
import { readGitConfig } from '../../src/git/config.ts';
import type { Nodegit } from '../../src/git/nodegit-binding.ts';
import { loadNodegit } from '../../src/git/nodegit-load.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Git } from '../../src/git/run.ts';
import { createGit } from '../../src/git/run.ts';
import { PACKAGE } from '../helpers/sandbox.ts';

// Node's own, not jest's: what jest loads it loads again in each test file, and nodegit cannot be.
const { createRequire } = process.getBuiltinModule('node:module');
// Nothing of the developer's own configuration gets in.
process.getBuiltinModule('node:process').env.HOME = '/nonexistent';
const require = createRequire(`${PACKAGE}/package.json`);
const load = (env: NodeJS.ProcessEnv) => loadNodegit(env, require);

export function nodegit(): Nodegit {
  const loaded = load({});
  if ('problem' in loaded) throw new Error(loaded.problem);
  return loaded.nodegit;
}

/** The store that `auto` chooses in a folder. */
export async function chosenStore(
  cwd: string,
  env: NodeJS.ProcessEnv,
  git: Git = createGit({ cwd, env }),
): Promise<ChosenStore> {
  const [repository, config] = await Promise.all([
    openRepository(git, cwd, env),
    readGitConfig(git),
  ]);
  const choice = { git, repository, config, configured: 'auto' as const, load };
  return chooseStore({ ...choice, env: { ...env, LAZYSPEC_BACKEND: 'auto' } });
}

/** A git that notes which of its commands were started. */
export function countingGit(cwd: string, env: NodeJS.ProcessEnv): { git: Git; calls: string[] } {
  const git = createGit({ cwd, env });
  const calls: string[] = [];
  return {
    calls,
    git: (args, call) => {
      calls.push(args[0] ?? '');
      return git(args, call);
    },
  };
}
