/** Which of the two ref stores is used, and why; docs/backends.md is for users. */
import { LazyspecError } from '../errors.ts';
import type { GitConfig } from './config.ts';
import { nodegitStore } from './nodegit.ts';
import type { Nodegit } from './nodegit-binding.ts';
import type { Loaded } from './nodegit-load.ts';
import { loadNodegit, NODEGIT_VERSION } from './nodegit-load.ts';
import { nodegitObstacle } from './nodegit-obstacle.ts';
import { plumbingStore } from './plumbing.ts';
import { refFiles } from './ref-files.ts';
import type { RefStore } from './ref-store.ts';
import type { Repository } from './repository.ts';
import type { Git } from './run.ts';

const BACKENDS = ['auto', 'nodegit', 'git'] as const;
export type Backend = (typeof BACKENDS)[number];

export interface ChosenStore {
  store: RefStore;
  /** With its version. */
  backend: string;
  /** Why it is this one. */
  why: string;
}

export interface StoreChoice {
  git: Git;
  repository: Repository;
  config: GitConfig;
  env: NodeJS.ProcessEnv;
  /** As `[coordination] backend` has it. */
  configured: Backend;
  load?: (env: NodeJS.ProcessEnv) => Loaded;
}

/** @throws {LazyspecError} BACKEND_UNAVAILABLE where only nodegit is asked for; USAGE */
export async function chooseStore(choice: StoreChoice): Promise<ChosenStore> {
  const { backend, source } = wantedBackend(choice);
  const { git, repository, config, env } = choice;
  const plumbing = plumbingStore(git, refFiles(repository, config, env));
  if (backend === 'git') return { store: plumbing, backend, why: `${source} says so` };
  const opened = await openNatively(choice);
  if ('nodegit' in opened) {
    const { commonDir } = choice.repository;
    return {
      store: nodegitStore({ nodegit: opened.nodegit, commonDir, plumbing }),
      backend: `nodegit ${NODEGIT_VERSION}`,
      why: backend === 'auto' ? 'it is installed' : `${source} says so`,
    };
  }
  const { problem, remedy } = opened;
  if (backend === 'auto') return { store: plumbing, backend: 'git', why: problem };
  throw new LazyspecError('BACKEND_UNAVAILABLE', `${source} asks for nodegit: ${problem}`, {
    remedy,
    data: { backend },
  });
}

/** The variable goes before the configuration, which all who work on the repository share. */
function wantedBackend({ env, configured }: StoreChoice): { backend: Backend; source: string } {
  const given = env.LAZYSPEC_BACKEND;
  if (!given) return { backend: configured, source: '[coordination] backend' };
  const backend = BACKENDS.find((name) => name === given);
  if (backend) return { backend, source: 'LAZYSPEC_BACKEND' };
  throw new LazyspecError('USAGE', `LAZYSPEC_BACKEND is ${JSON.stringify(given)}`, {
    remedy: `Allowed: ${BACKENDS.join(', ')}.`,
  });
}

const INSTALL =
  'Install it: npm install --save-dev nodegit@0.27.0. It is compiled for some minutes, and on Debian needs libkrb5-dev and libssl-dev. Or do without: LAZYSPEC_BACKEND=auto';
const ELSEWHERE = 'Let git do it here: LAZYSPEC_BACKEND=auto';

/** nodegit, if it is there and can do here what git does. */
async function openNatively({
  repository,
  config,
  env,
  load = loadNodegit,
}: StoreChoice): Promise<{ nodegit: Nodegit } | { problem: string; remedy: string }> {
  // First what costs nothing to see: to load it takes longer than most commands do.
  const obstacle = nodegitObstacle(repository, config, env);
  if (obstacle !== undefined) return { problem: obstacle, remedy: ELSEWHERE };
  const loaded = load(env);
  if ('problem' in loaded) return { problem: loaded.problem, remedy: INSTALL };
  try {
    await loaded.nodegit.Repository.open(repository.commonDir);
    return loaded;
  } catch (error) {
    const problem = `nodegit cannot open this repository: ${(error as Error).message}`;
    return { problem, remedy: ELSEWHERE };
  }
}
