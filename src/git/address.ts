import { LazyspecError } from '../errors.ts';
import { nearestWord } from '../nearest.ts';
import { shellQuote } from '../shell-quote.ts';
import { linesOf, oddAnswer } from './answer.ts';
import type { GitConfig } from './config.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/**
 * What to fetch leases from and push them to: one address for both, or a lease might be asked for
 * in one place and written in another, and a document have two holders. Usually the remote's
 * name; where it pushes by another way into the same repository (https to fetch, ssh to push), the
 * address that it pushes to.
 * @param addresses of one repository, by the project's configuration
 * @throws {LazyspecError} REMOTE_NOT_FOUND where there is no such remote, or more than one place
 */
export async function leaseAddress(
  git: Git,
  name: string,
  config: GitConfig,
  addresses: readonly string[] = [],
): Promise<string> {
  const urls = config.all(`remote.${name}.url`);
  if (urls.length === 0) throw noSuchRemote(name, config.remotes());
  if (urls.length === 1 && !pushesByAnotherAddress(name, config)) return name;

  // git's own answer, with every insteadOf and pushInsteadOf applied.
  const [fetches, pushes] = await Promise.all([
    resolved(git, ['--all', '--', name]),
    resolved(git, ['--push', '--all', '--', name]),
  ]);
  const [from = name] = fetches;
  const same = new Set(addresses.map(placeKey));
  const isSame = (one: string, other: string) =>
    one === other || (same.has(one) && same.has(other));
  const elsewhere = pushes.find((target) => !isSame(placeKey(target), placeKey(from)));
  if (elsewhere !== undefined) throw severalPlaces(name, from, elsewhere);
  return pushes.length === 1 && pushes[0] === from ? name : (pushes[0] ?? name);
}

function pushesByAnotherAddress(name: string, config: GitConfig): boolean {
  const rewritten = config.keys().some((key) => /^url\..*\.pushinsteadof$/.test(key));
  return rewritten || config.all(`remote.${name}.pushurl`).length > 0;
}

async function resolved(git: Git, args: readonly string[]): Promise<string[]> {
  const { stdout } = await mustRun(git, ['remote', 'get-url', ...args]);
  const addresses = linesOf('remote get-url', stdout);
  if (addresses.length === 0) throw oddAnswer('remote get-url');
  return addresses;
}

/** `<scheme>://[user@]host[:port]/path`, or ssh's `[user@]host:path`. */
const URL_FORM =
  /^(?<scheme>[a-z][a-z0-9+]*):\/\/(?:(?<user>[^@/]*)@)?(?<host>[^/]*)\/(?<path>.*)$/i;
const SCP_FORM = /^(?:(?<user>[^@/:]+)@)?(?<host>[^/:]{2,}):(?<path>.*)$/;

/** Hosts whose several addresses lead to one place, by their own documentation. */
const SAME_HOST: readonly [pattern: RegExp, host: string][] = [
  [/^(?:www|ssh)\.github\.com$/, 'github.com'],
  [/^(?:www|altssh)\.gitlab\.com$/, 'gitlab.com'],
  [/^(?:www|altssh)\.bitbucket\.org$/, 'bitbucket.org'],
];
const AZURE_SSH = /^(?:ssh\.dev\.azure\.com|vs-ssh\.visualstudio\.com)$/;
const USUAL_PORTS: Record<string, string> = { ssh: '22', git: '9418', http: '80', https: '443' };
/** Hosts at which the account in an address (`org-123@`) and the case of a path do not matter. */
const HOSTED = /^(?:github\.com|gitlab\.com|bitbucket\.org)$/;

/**
 * A text that is equal for two addresses of one repository, and only then as far as text can tell:
 * in doubt different, so that doubt ends in an error and not in two holders.
 */
export function placeKey(address: string): string {
  const { scheme, user, host, path } =
    (URL_FORM.exec(address) ?? SCP_FORM.exec(address))?.groups ?? {};
  if (scheme?.toLowerCase() === 'file') return plainPath(`/${decoded(path)}`);
  if (host === undefined || path === undefined) return plainPath(address);
  const [bare = '', port = ''] = host.toLowerCase().split(/:(?=\d+$)/);
  const usual = USUAL_PORTS[scheme?.toLowerCase() ?? 'ssh'];
  const known =
    SAME_HOST.find(([pattern]) => pattern.test(bare))?.[1] ??
    (port === '' || port === usual ? bare : `${bare}:${port}`);
  const named = plainPath(scheme === undefined && !AZURE_SSH.test(bare) ? path : decoded(path))
    .replace(/^\//, '')
    .replace(/\.git$/, '');
  if (HOSTED.test(known)) return `${known}/${named.toLowerCase()}`;
  const azure = azureKey(bare, named);
  if (azure !== undefined) return azure;
  // Below a home, the path depends on whose it is; `git` is everybody's at the large hosts.
  const isBelowHome = scheme === undefined ? !path.startsWith('/') : path.startsWith('~/');
  const whose = user && user !== 'git' && isBelowHome ? `${user}@` : '';
  return `${whose}${known}/${named}`;
}

/** Azure DevOps: `/<organization>/<project>/_git/<repository>`, or over ssh `v3/…` without `_git`. */
function azureKey(host: string, path: string): string | undefined {
  const [, old] = /^([^.]+)\.visualstudio\.com$/.exec(host) ?? [];
  const isSsh = AZURE_SSH.test(host);
  if (host !== 'dev.azure.com' && !isSsh && old === undefined) return undefined;
  const own = isSsh ? path.replace(/^v3\//, '') : path.replace(/(?<=^|\/)_git\//, '');
  const parts = own.replace(/^DefaultCollection\//i, '').split('/');
  const [organization, project, repository = project] =
    old === undefined || isSsh ? parts : [old, ...parts];
  return `dev.azure.com/${organization}/${project}/${repository}`.toLowerCase();
}

function decoded(path = ''): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function plainPath(path: string): string {
  return path.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}

function noSuchRemote(name: string, known: readonly string[]): LazyspecError {
  const others = known.length > 0 ? ` (it has ${known.join(', ')})` : '';
  const near = nearestWord(name, known);
  const hint = near ? `Did you mean remote = "${near}" in [coordination]? Or add it` : 'Add it';
  return new LazyspecError('REMOTE_NOT_FOUND', `this clone has no remote '${name}'${others}`, {
    remedy: `${hint}: git remote add ${shellQuote(name)} <url>. Or name another in [coordination] remote; "." coordinates the work trees of this clone only.`,
    data: { remote: name, known },
  });
}

/** What is wrong with a name for the remote of the leases that git would take. */
export function remoteNameProblem(
  name: string,
  config: GitConfig,
): { message: string; remedy: string } | undefined {
  const known = config.remotes();
  if (name !== '.') {
    if (config.all(`remote.${name}.url`).length > 0) return undefined;
    const { message, remedy = '' } = noSuchRemote(name, known);
    return { message, remedy };
  }
  const likely = known.includes('origin') ? 'origin' : known[0];
  if (likely === undefined) return undefined;
  return {
    message: `leases are kept in this clone only: clones that share '${likely}' do not see them`,
    remedy: `Unless all agents work in this clone, write remote = "${likely}" in [coordination].`,
  };
}

function severalPlaces(name: string, from: string, elsewhere: string): LazyspecError {
  return new LazyspecError(
    'REMOTE_NOT_FOUND',
    `'${name}' fetches and pushes at different addresses`,
    {
      details: [`fetches from ${from}`, `pushes to ${elsewhere}`],
      remedy: `Leases need one repository. If these are one: list both in [coordination] addresses. If not: git remote set-url ${shellQuote(name)} <the address that you push to>`,
      data: { remote: name, url: from, elsewhere },
    },
  );
}
