/**
 * The few English sentences of git that have no porcelain form, in one table each. git is always
 * run with `LC_ALL=C`. test/contract/messages.test.ts provokes every one with the git at hand.
 */
import type { ConnectionFailure } from './remote-causes.ts';
import { remoteCause } from './remote-causes.ts';

/** refs/files-backend.c and refs/packed-backend.c, on either side of a connection. */
const REF_TRANSACTION: readonly [pattern: RegExp, meaning: 'stale' | 'contended' | 'refused'][] = [
  [/reference already exists/, 'stale'],
  [/is at [0-9a-f]+ but expected [0-9a-f]+/, 'stale'],
  [/unable to resolve reference/, 'stale'],
  [/reference is missing but expected/, 'stale'],
  // A ref above or below ours: the name cannot exist until somebody removes the other.
  [/exists; cannot create/, 'refused'],
  [/there is a non-empty directory '.*' blocking reference/, 'refused'],
  [/Unable to create '.*\.lock': File exists/, 'contended'],
  // The disk is full, or may not be written: trying again does not help.
  [/Unable to create '.*\.lock': /, 'refused'],
];

/** Why a ref transaction failed; undefined when the text does not tell. */
export function refTransactionFailure(
  stderr: string,
): 'stale' | 'contended' | 'refused' | undefined {
  return REF_TRANSACTION.find(([pattern]) => pattern.test(stderr))?.[1];
}

/** A reference-transaction hook that refuses ends the server's git before it has answered (refs.c). */
export const ABORTED_BY_HOOK = /updates? aborted by (?:the reference-transaction )?hook/;

/**
 * Failures of connecting: nothing had been sent yet. First match wins, so the cause comes before
 * what follows from it ("Could not read from remote repository" follows several, and is not here).
 */
const CONNECTION: readonly [pattern: RegExp, code: ConnectionFailure][] = [
  [/could not read (Username|Password)/i, 'REMOTE_AUTH'],
  [/Authentication failed/, 'REMOTE_AUTH'],
  [/unable to access '.*': The requested URL returned error: (401|403|407)/, 'REMOTE_AUTH'],
  [/Permission denied \((publickey|password|keyboard-interactive)/, 'REMOTE_AUTH'],
  [/Host key verification failed/, 'REMOTE_AUTH'],
  [/does not appear to be a git repository/, 'REMOTE_NOT_FOUND'],
  [/invalid gitfile format/, 'REMOTE_NOT_FOUND'],
  [/repository '.*' not found/i, 'REMOTE_NOT_FOUND'],
  [/Repository not found/, 'REMOTE_NOT_FOUND'],
  [/access denied or repository not exported/, 'REMOTE_NOT_FOUND'],
  // An address that would be an option to ssh or to the other git (connect.c), or names no helper.
  [/strange (?:hostname|pathname) '.*' blocked/, 'REMOTE_NOT_FOUND'],
  [/^git: 'remote-.*' is not a git command/m, 'REMOTE_NOT_FOUND'],
  [/Could not resolve host/i, 'REMOTE_UNREACHABLE'],
  [/unable to look up/, 'REMOTE_UNREACHABLE'],
  [/unable to connect/, 'REMOTE_UNREACHABLE'],
  [/Failed to connect/, 'REMOTE_UNREACHABLE'],
  [/connect to host .* port \d+: /, 'REMOTE_UNREACHABLE'],
  [/Connection refused/, 'REMOTE_UNREACHABLE'],
  [/Network is unreachable|No route to host/, 'REMOTE_UNREACHABLE'],
  [/kex_exchange_identification|Connection closed by .* port/, 'REMOTE_UNREACHABLE'],
  [/unable to access '/, 'REMOTE_UNREACHABLE'],
  [/transport '.*' not allowed/, 'REMOTE_UNREACHABLE'],
  // An HTTP server that is no git server (a captive portal): git tried WebDAV, and wrote nothing.
  [/no DAV locking support/, 'REMOTE_UNREACHABLE'],
  [/info\/refs not valid: is this a git repository/, 'REMOTE_UNREACHABLE'],
  // A portal that sends every request to its own page.
  [/unable to update url base from redirection/, 'REMOTE_UNREACHABLE'],
];

/** Why no connection came about; undefined when one may have. */
export function connectionFailure(stderr: string): ConnectionFailure | undefined {
  // What the server says has come over a connection, and may speak of one of its own.
  // Only \n ends its lines: a regular expression would let U+2028 end one, and believe the rest.
  const lines = stderr.split('\n').filter((line) => !line.startsWith('remote: '));
  const own = lines.join('\n');
  return CONNECTION.find(([pattern]) => pattern.test(own))?.[1];
}

/** A connection that broke. While fetching that changes nothing; after a push nobody knows. */
const BROKEN =
  /RPC failed|early EOF|hung up unexpectedly|unexpected disconnect|Connection reset|timed out/;

/** Whether the connection broke, so that the server may be at work still. */
export function connectionBroke(stderr: string): boolean {
  return BROKEN.test(stderr);
}

/** Why a fetch did not come about; undefined when the remote is not to blame. */
export function fetchFailure(stderr: string): ConnectionFailure | undefined {
  const isCut = connectionBroke(stderr) || endedWithoutAWord(stderr);
  return (
    connectionFailure(stderr) ??
    remoteCause(stderr)?.code ??
    (isCut ? 'REMOTE_UNREACHABLE' : undefined)
  );
}

/** Where the other end closes the connection before it answers, git has only its boilerplate to say. */
function endedWithoutAWord(stderr: string): boolean {
  return (
    stderr.includes('Could not read from remote repository') && meaningfulLines(stderr).length === 0
  );
}

/** A server may say a line of any length. */
const LONGEST_LINE = 500;

/** git's and the server's own words, for a person: without blank lines and git's boilerplate. */
export function meaningfulLines(stderr: string): string[] {
  return stderr
    .split('\n')
    .map((line) => line.trim().slice(0, LONGEST_LINE))
    .filter((line) => line && !BOILERPLATE.some((pattern) => pattern.test(line)))
    .slice(0, 20);
}

const BOILERPLATE: readonly RegExp[] = [
  /^remote:$/,
  /^error: failed to push some refs/,
  /^fatal: Could not read from remote repository/,
  /^Please make sure you have the correct access rights/,
  /^and the repository exists/,
];
