/**
 * What a command works with: the repository, its configuration, who asks, and the lease engine.
 * Each part is found out when it is first asked for, so that a command that needs no git starts
 * no git.
 */

import { readFileSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOME, loadConfig } from '../config/load.ts';
import type { Config, Coordination } from '../config/types.ts';
import { LazyspecError } from '../errors.ts';
import { lineOf } from '../git/answer.ts';
import type { ChosenStore } from '../git/choose-store.ts';
import type { GitConfig } from '../git/config.ts';
import { readGitConfig } from '../git/config.ts';
import { healing } from '../git/healing.ts';
import { plumbingStore } from '../git/plumbing.ts';
import { refFiles } from '../git/ref-files.ts';
import type { Remote } from '../git/remote.ts';
import { gitRemote, ownRepository } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { guessRoot, openRepository } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import { createGit, mustRun } from '../git/run.ts';
import type { CommitRules } from '../install/governed-note.ts';
import type { Asker } from '../lease/decide.ts';
import type { Engine } from '../lease/engine.ts';
import type { Reader } from '../lease/explain.ts';
import { momentNow, observationsIn } from '../state/observations.ts';
import { shortLine } from '../visible-text.ts';
import { findAgent, resolveAgent } from './agent.ts';
import type { Elsewhere } from './commit-rules.ts';
import { elsewhereOf, readCommitRules, readElsewhere, stagedConfig } from './commit-rules.ts';

export interface ContextOptions {
  /** Where the command runs: any folder of a work tree. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  agentId?: string | undefined;
  signal?: AbortSignal | undefined;
  /** How the reader calls lazyspec-lease. */
  program?: string;
  warn?: (message: string) => void;
  /** Told what is being waited for, in a few words. */
  progress?: (message: string) => void;
  /** Told what others have to let go of first: as a line, and as one that is asked for again. */
  waiting?: (line: string, live: () => string) => void;
  /** Told which way is taken, and why: for those who want to know. */
  explain?: (message: string) => void;
  /** Git waits for the answer: git's own plumbing is used, whatever is configured. */
  isHook?: boolean;
  /** A bare repository will do: what is pushed from it is judged by the rules of the remote. */
  mayBeBare?: boolean;
}

export interface Settings {
  root: string;
  config: Config;
}

export interface Context {
  readonly options: ContextOptions;
  readonly program: string;
  readonly git: Git;
  /** Seconds since 1970. */
  now(): number;
  warn(message: string): void;
  progress(message: string): void;
  waiting(line: string, live: () => string): void;
  /** Who reads a refusal. */
  reader(agent: string): Reader;
  /** The configuration of the work tree that git names. */
  config(): Promise<Config>;
  /**
   * What judges a commit or a merge that is about to be made.
   * @throws {LazyspecError} CONFIG_INVALID
   */
  commitRules(): Promise<CommitRules>;
  /** Types as other branches have them, that may call a document by another name. */
  elsewhere(): Promise<Elsewhere>;
  /** The same repository and agent under these rules. */
  forCommit(): Promise<Context>;
  /**
   * Root and configuration as found without starting git; undefined where only git can tell.
   * Enough to see that nothing is to be done, never to do something.
   */
  glance(): Promise<Settings | undefined>;
  repository(): Promise<Repository>;
  gitConfig(): Promise<GitConfig>;
  /** @throws {LazyspecError} COORDINATION_DISABLED */
  coordination(): Promise<Coordination>;
  /** @throws {LazyspecError} AGENT_UNKNOWN */
  agent(): Promise<string>;
  /** @throws {LazyspecError} BACKEND_UNAVAILABLE, USAGE */
  refStore(): Promise<ChosenStore>;
  engine(): Promise<Engine>;
  /** The agent as one who writes a lease. */
  asker(): Promise<Asker>;
  /** The same repository and agent under another configuration, such as that of a commit. */
  withConfig(config: Config, elsewhere?: Elsewhere): Context;
}

export function createContext(options: ContextOptions): Context {
  const git = createGit(options);
  const gitConfig = once(() => readGitConfig(git));
  const repository = once(() =>
    openRepository(git, options.cwd, options.env, gitConfig, options.mayBeBare),
  );
  const agent = once(() => resolveAgent(options, gitConfig));
  const glance = once(async () => {
    const root = guessRoot(options.cwd, options.env);
    return root === undefined ? undefined : { root, config: await loadConfig(root) };
  });
  const here = once(async () => {
    const [{ root }, guess] = await Promise.all([repository(), glance()]);
    const right = guess && (guess.root === root || realpathSync(guess.root) === root);
    return right ? guess.config : await loadConfig(root);
  });
  const config = once(async () => {
    // Whoever needs the configuration of the project needs git's as well, and finds it here.
    gitConfig().catch(() => {}); // told to who asks for it
    const own = await here();
    return own.source === HOME ? own : ((await stagedConfig(git)) ?? own);
  });
  const commitRules = once(async () => {
    // As in `gate`: git is asked at once only where git itself has started us.
    const root = repository().then((found) => found.root);
    if (!options.isHook) await root;
    return readCommitRules(git, root, here);
  });
  const elsewhere = once(async () => {
    const [{ coordination }, here] = await Promise.all([config(), repository()]);
    return readElsewhere(here, coordination?.remote, commitRules);
  });
  const found = { options, git, gitConfig, repository, agent, glance, config, commitRules };
  const forCommit: () => Promise<Context> = once(async () => {
    const rules = await commitRules();
    const here = contextUnder({ ...found, elsewhere, forCommit });
    return here.withConfig(rules.config, elsewhereOf(rules));
  });
  return contextUnder({ ...found, elsewhere, forCommit });
}

/** What does not depend on the configuration, and the configuration. */
type Found = Pick<
  Context,
  | 'options'
  | 'git'
  | 'gitConfig'
  | 'repository'
  | 'agent'
  | 'glance'
  | 'config'
  | 'commitRules'
  | 'elsewhere'
  | 'forCommit'
>;

function contextUnder(found: Found): Context {
  const { options, git, gitConfig, repository, agent, config: settings } = found;
  const warn = options.warn ?? (() => {});
  const now = () => Math.floor(Date.now() / 1000);

  const coordination = once(async () => {
    const config = await settings();
    if (config.coordination) return config.coordination;
    throw new LazyspecError(
      'COORDINATION_DISABLED',
      'coordination is not configured; add a [coordination] section to .lazyspec.toml',
      { remedy: 'Add to .lazyspec.toml: [coordination]' },
    );
  });

  const refStore = once(async (): Promise<ChosenStore> => {
    const { explain, env, isHook } = options;
    const [here, config] = await Promise.all([repository(), gitConfig()]);
    if (isHook) {
      const store = plumbingStore(git, refFiles(here, config, env));
      return { store, backend: 'git', why: 'this is a hook' };
    }
    const { backend: configured } = await coordination();
    // Loaded here, so that hooks never do.
    const { chooseStore } = await import('../git/choose-store.ts');
    const chosen = await chooseStore({ git, repository: here, config, env, configured });
    explain?.(`refs through ${chosen.backend}: ${chosen.why}`);
    return chosen;
  });

  const engine = once(async (): Promise<Engine> => {
    const [policy, { commonDir }, config, { store }] = await Promise.all([
      coordination(),
      repository(),
      gitConfig(),
      refStore(),
    ]);
    const { remote: name, addresses } = policy;
    const timeout = policy.timeout * 1000;
    const settings = { store, config, env: options.env, timeout, addresses, warn };
    const ports = async () => {
      // Here the refs are the leases themselves, and no copies.
      if (name === '.') return { store, remote: ownRepository(store) };
      const remote = telling(await gitRemote(git, name, settings), options);
      const healer = once(async () => {
        const damaged = await import('../git/damaged-copies.ts');
        return damaged.healer({ git, commonDir, remote, store, warn });
      });
      return healing(remote, store, async (...failure) => (await healer())(...failure));
    };
    return {
      ...(await ports()),
      observations: observationsIn(commonDir, momentNow, warn),
      now,
      maxRetries: policy.maxPushRetries,
      pause: (milliseconds) => sleep(milliseconds, undefined, { signal: options.signal }),
      signal: options.signal,
    };
  });

  return {
    ...found,
    program: options.program ?? 'lazyspec-lease',
    now,
    warn,
    progress: options.progress ?? (() => {}),
    waiting: options.waiting ?? (() => {}),
    reader(agent) {
      // Users who run a hook cannot pass it an option.
      const all = options.isHook ? {} : { all: '--json' };
      return { agent, now: now(), program: options.program ?? 'lazyspec-lease', ...all };
    },
    coordination,
    refStore,
    engine,
    async asker() {
      const [composed, { name }, policy, branch, { root }] = await Promise.all([
        agent(),
        findAgent(options, gitConfig),
        coordination(),
        repository().then(({ gitDir }) => currentBranch(git, gitDir)),
        repository(),
      ]);
      const home = options.env.HOME;
      const worktree = home && root.startsWith(`${home}/`) ? `~${root.slice(home.length)}` : root;
      return {
        agent: composed,
        name,
        now: now(),
        policy,
        host: shortLine(hostname(), 100),
        worktree: shortLine(worktree, 400),
        ...(branch && { branch: shortLine(branch, 200) }),
      };
    },
    withConfig: (config, elsewhere = []) =>
      contextUnder({
        ...found,
        glance: async () => undefined,
        config: async () => config,
        elsewhere: async () => elsewhere,
      }),
  };
}

/** A remote that says whom it asks, for those who have to wait. */
function telling(remote: Remote, { progress }: ContextOptions): Remote {
  let told = false;
  const tell = () => {
    // Once: what a command says of its waiting says more.
    if (!told) progress?.(`asking '${remote.name}'`);
    told = true;
  };
  return {
    ...remote,
    fetch(refs, deadline) {
      tell();
      return remote.fetch(refs, deadline);
    },
    swap(changes, deadline) {
      tell();
      return remote.swap(changes, deadline);
    },
  };
}

/** The branch as the file says, or else git: of what is no plain HEAD only git can tell. */
async function currentBranch(git: Git, gitDir: string): Promise<string | undefined> {
  const head = readFileSync(join(gitDir, 'HEAD'), 'utf8');
  const [, branch] = /^ref: refs\/heads\/(.+)\n$/.exec(head) ?? [];
  // Where refs are kept in another way than in files, the file names a branch that cannot be.
  if (branch !== undefined && branch !== '.invalid') return branch;
  const args = ['symbolic-ref', '--quiet', '--short', 'HEAD'];
  const { status, stdout } = await mustRun(git, args, { alsoFine: [1] });
  return status === 0 ? lineOf('symbolic-ref', stdout) : undefined;
}

/** One call, remembered: later ones get the same promise. */
export function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}
