import { LazyspecError } from '../errors.ts';
import type { GitConfig } from './config.ts';

/**
 * What to fetch leases from and push them to: one address for both, or a lease might be asked for
 * in one place and written in another, and a document have two holders. Usually the remote's
 * name; where it pushes by another way into the same repository (https to fetch, ssh to push), the
 * address that it pushes to.
 * @throws {LazyspecError} REMOTE_NOT_FOUND where there is no such remote, or more than one place
 */
export function leaseAddress(name: string, config: GitConfig): string {
  const urls = config.all(`remote.${name}.url`);
  const [url] = urls;
  if (url === undefined) throw noSuchRemote(name, config.remotes());
  const pushUrls = config.all(`remote.${name}.pushurl`);
  const targets = pushUrls.length > 0 ? pushUrls : urls;
  const elsewhere = targets.find((target) => samePlace(target) !== samePlace(url));
  if (elsewhere !== undefined) throw severalPlaces(name, url, elsewhere);
  return targets.length === 1 && targets[0] === url ? name : (targets[0] ?? url);
}

/** A URL without the way in: scheme, user and port, and the ending .git. */
function samePlace(url: string): string {
  return url
    .replace(/^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]*)(?::\d+)?\//i, '$1/')
    .replace(/^(?:[^@/]+@)?([^/:]+):/, '$1/')
    .replace(/\/*$/, '')
    .replace(/\.git$/, '')
    .toLowerCase();
}

function noSuchRemote(name: string, known: readonly string[]): LazyspecError {
  return new LazyspecError('REMOTE_NOT_FOUND', `this clone has no remote '${name}'`, {
    remedy:
      known.length > 0
        ? `Set [coordination] remote to one of: ${known.join(', ')}.`
        : `Add it: git remote add ${name} <url>. Or set [coordination] remote to "." to coordinate the work trees of this clone only.`,
    data: { remote: name, known },
  });
}

function severalPlaces(name: string, url: string, elsewhere: string): LazyspecError {
  return new LazyspecError('REMOTE_NOT_FOUND', `'${name}' is more than one repository`, {
    details: [`fetches from ${url}`, `pushes to ${elsewhere}`],
    remedy: 'Leases need one place: set [coordination] remote to a remote with one address.',
    data: { remote: name, url, elsewhere },
  });
}
