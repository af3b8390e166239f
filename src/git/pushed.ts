/** What git tells its pre-push hook: where a push goes, and which refs it moves. */
import { LazyspecError } from '../errors.ts';
import { OUR_REFS } from '../lease-refs.ts';
import { placeKey } from './address.ts';
import type { GitConfig } from './config.ts';

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
 * The configured remotes that a push goes to: the one named, and those with the same address. Their
 * tracking refs tell what is there already.
 */
export function remotesOf({ remote, url }: Omit<Push, 'refs'>, config: GitConfig): string[] {
  const names = config.remotes();
  const place = placeKey(url || remote);
  const same = names.filter((name) =>
    [...config.all(`remote.${name}.url`), ...config.all(`remote.${name}.pushurl`)].some(
      (address) => placeKey(address) === place,
    ),
  );
  return names.includes(remote) ? [...new Set([remote, ...same])] : same;
}

/**
 * The tracking refs of some remotes, as options of rev-list, and not of another one whose name goes
 * on from there.
 * @param except branches whose tracking refs do not count
 */
export function trackingRefsOf(
  remotes: readonly string[],
  config: GitConfig,
  except: readonly string[] = [],
): string[] {
  return remotes.flatMap((remote) => [
    ...config
      .remotes()
      .filter((other) => other.startsWith(`${remote}/`))
      .map((other) => `--exclude=${other}/*`),
    // HEAD is another name of a branch.
    ...except.concat(except.length > 0 ? 'HEAD' : []).map((name) => `--exclude=${remote}/${name}`),
    `--remotes=${remote}`,
  ]);
}
