/** What a remote has, by its own word, and how commits of it come here. */
import { OUR_REFS } from '../lease-refs.ts';
import { isOid, linesOf, oddAnswer } from './answer.ts';
import type { GitConfig } from './config.ts';
import { remoteEnvironment } from './credentials.ts';
import { FETCH } from './remote.ts';
import { fetchFailed } from './remote-failure.ts';
import type { Git } from './run.ts';
import { isFine } from './run.ts';

export interface Asking {
  env: NodeJS.ProcessEnv;
  config: GitConfig;
  /** Milliseconds. */
  deadline: number;
}

/** Refs of a remote, except leases. */
export interface Advertised {
  refs: ReadonlyMap<string, string>;
  /** The ref of its default branch. */
  head: string | undefined;
}

/**
 * Nothing, if it does not answer.
 * @param which a server that is asked for anything else than branches or tags sends every ref it has
 */
export async function advertised(
  git: Git,
  url: string,
  which: 'all' | 'branches',
  { env, config, deadline }: Asking,
): Promise<Advertised> {
  const only = which === 'branches' ? '--heads' : '--symref';
  const result = await git(['ls-remote', '--quiet', only, '--', url], {
    deadline,
    env: remoteEnvironment(env, config),
    trace: true,
  });
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of isFine(result) ? linesOf('ls-remote', result.stdout) : []) {
    const [value = '', ref] = line.split('\t');
    if (value.startsWith('ref: ') && ref !== undefined) {
      if (ref === 'HEAD') head = value.slice('ref: '.length);
    } else if (!isOid(value) || !ref) throw oddAnswer('ls-remote');
    else if (!ref.startsWith(OUR_REFS)) refs.set(ref, value);
  }
  return { refs, head };
}

/**
 * Brings the commits of refs here; no ref is moved.
 * @throws {LazyspecError} REMOTE_*, GIT_FAILED
 */
export async function fetchCommits(
  git: Git,
  { remote, url }: { remote: string; url: string },
  refs: readonly string[],
  { env, config, deadline }: Asking,
): Promise<void> {
  const input = refs.map((ref) => `${ref}\n`).join('');
  const call = { deadline, env: remoteEnvironment(env, config), trace: true, input };
  const result = await git([...FETCH, '--stdin', '--', url], call);
  if (!isFine(result)) throw fetchFailed(remote || url, result, deadline);
}
