/** What a push changes: the files of the commits that the remote lacks. */
import { LazyspecError } from '../errors.ts';
import { OUR_REFS } from '../lease-refs.ts';
import { placeKey } from './address.ts';
import { isOid, linesOf, oddAnswer } from './answer.ts';
import type { Commits } from './commits.ts';
import { HISTORY } from './commits.ts';
import type { GitConfig } from './config.ts';
import type { Git } from './run.ts';
import { isFine, mustRun } from './run.ts';
import { sshEnvironment } from './ssh.ts';

/** One ref that a push moves, as git tells its pre-push hook. */
export interface PushedRef {
  /** Zeros where the ref is to be deleted. */
  localOid: string;
  remoteRef: string;
  /** Zeros where the remote has no such ref; it need not be known here. */
  remoteOid: string;
}

export interface Push {
  /** The remote's name, or its address once more where it has none. */
  remote: string;
  url: string;
  refs: PushedRef[];
}

const OID = '[0-9a-f]{40}(?:[0-9a-f]{24})?';
/** From the right: what stands for the local ref is as it was typed, and may hold anything. */
const LINE = new RegExp(` (?<localOid>${OID}) (?<remoteRef>\\S+) (?<remoteOid>${OID})$`);

/**
 * Reads `<local ref> SP <local oid> SP <remote ref> SP <remote oid>` lines (githooks(5)).
 * @throws {LazyspecError} USAGE for what is no such line: nothing may pass because it was not read
 */
export function parsePushedRefs(text: string): PushedRef[] {
  const refs: PushedRef[] = [];
  let unfinished = '';
  for (const line of text.split('\n')) {
    // A local ref such as HEAD^{/words} may even hold the end of a line.
    const { localOid, remoteRef, remoteOid } = LINE.exec(unfinished + line)?.groups ?? {};
    if (localOid && remoteRef && remoteOid) {
      refs.push({ localOid, remoteRef, remoteOid });
      unfinished = '';
    } else if (line) {
      unfinished += `${line}\n`;
    }
  }
  if (unfinished === '') return refs;
  throw new LazyspecError('USAGE', 'what is on stdin does not say which refs are pushed', {
    remedy: 'Hand through what git tells its pre-push hook, arguments and stdin, as it is.',
    details: unfinished.split('\n').filter(Boolean).slice(0, 3),
  });
}

/** The refs of a push that bring commits; leases are none of a hook's business. */
export function judgedRefs({ refs }: Pick<Push, 'refs'> & Partial<Push>): PushedRef[] {
  return refs.filter(
    ({ localOid, remoteRef }) => !isZero(localOid) && !remoteRef.startsWith(OUR_REFS),
  );
}

/** Whether an id stands for no object: a ref that is new, or to be deleted. */
export function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}

/**
 * The configured remotes that a push goes to: the one named, or those with the address given.
 * Their tracking refs tell what is there already.
 */
export function remotesOf({ remote, url }: Push, config: GitConfig): string[] {
  const names = config.remotes();
  if (names.includes(remote)) return [remote];
  const place = placeKey(url || remote);
  return names.filter((name) =>
    [...config.all(`remote.${name}.url`), ...config.all(`remote.${name}.pushurl`)].some(
      (address) => placeKey(address) === place,
    ),
  );
}

/** What need not be judged. */
export interface Accepted {
  /** What names the tracking refs that are at accepted commits, as options of rev-list. */
  trackingRefs: readonly string[];
  /** Accepted commits; unknown ones do no harm. */
  commits: readonly string[];
}

/** The tracking refs of some remotes, and not of another one whose name goes on from there. */
export function trackingRefsOf(remotes: readonly string[], config: GitConfig): string[] {
  return remotes.flatMap((remote) => [
    ...config
      .remotes()
      .filter((other) => other.startsWith(`${remote}/`))
      .map((other) => `--exclude=${other}/*`),
    `--remotes=${remote}`,
  ]);
}

/** The commits of a push that are accepted nowhere yet, and the accepted ones they start from. */
export async function pushedCommits(
  git: Git,
  push: Push,
  { trackingRefs, commits }: Accepted,
): Promise<Commits> {
  const there = push.refs.map(({ remoteOid }) => remoteOid).filter((oid) => !isZero(oid));
  const lines = [
    ...judgedRefs(push).map(({ localOid }) => localOid),
    ...[...there, ...commits].map((oid) => `^${oid}`),
  ];
  const args = [
    'rev-list',
    '--boundary',
    // What the remote has may not be here; a partial clone must not go and look for each of them.
    '--ignore-missing',
    '--missing=allow-any',
    '--stdin',
    ...(trackingRefs.length > 0 ? ['--not', ...trackingRefs] : []),
  ];
  const { stdout } = await mustRun(git, args, { ...HISTORY, input: `${lines.join('\n')}\n` });
  const listed = linesOf('rev-list', stdout);
  if (!listed.every((line) => isOid(line.replace(/^-/, '')))) throw oddAnswer('rev-list');
  return {
    ids: listed.filter((line) => !line.startsWith('-')),
    parents: listed.filter((line) => line.startsWith('-')).map((line) => line.slice(1)),
  };
}

interface Asking {
  env: NodeJS.ProcessEnv;
  config: GitConfig;
  /** Milliseconds. */
  deadline: number;
}

/** The commits that a remote has, as `remoteRefs`, but for leases. */
export async function remoteTips(git: Git, url: string, asking: Asking): Promise<string[]> {
  const refs = [...(await remoteRefs(git, url, 'all', asking))];
  return refs.flatMap(([ref, oid]) => (ref.startsWith(OUR_REFS) ? [] : [oid]));
}

/**
 * What refs of a remote are at, by its own word; nothing where it does not answer.
 * @param which a server that is asked for anything else than branches or tags sends every ref it has
 */
export async function remoteRefs(
  git: Git,
  url: string,
  which: 'all' | 'branches',
  { env, config, deadline }: Asking,
): Promise<Map<string, string>> {
  const only = which === 'branches' ? ['--heads'] : [];
  const result = await git(['ls-remote', '--quiet', ...only, '--', url], {
    deadline,
    env: sshEnvironment(env, config),
  });
  if (!isFine(result)) return new Map();
  const rows = linesOf('ls-remote', result.stdout).map((row) => row.split('\t'));
  return new Map(
    rows.map(([oid, ref]) => {
      if (!isOid(oid) || !ref) throw oddAnswer('ls-remote');
      return [ref, oid];
    }),
  );
}
