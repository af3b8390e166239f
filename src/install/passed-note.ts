/**
 * What the hook needs to let a commit pass without starting Node: the files that Node has let pass,
 * the lease of each, and all that its judgement rested on. They pass again where git's
 * configuration, who commits, and every lease, as the remote has it now, are the same. Of anything
 * else, and of every doubt, Node judges.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { GitConfig } from '../git/config.ts';
import type { ShellFetch } from '../git/remote.ts';
import { ALWAYS } from '../git/run.ts';
import { shellQuote } from '../shell-quote.ts';
import { writeNote } from '../state/atomic-write.ts';

/** A lease of the agent's own, under which files were let pass. */
export interface PassedLease {
  /** The changed files, relative to the root. */
  paths: readonly string[];
  ref: string;
  /** The commit that the ref was at. */
  oid: string;
  /** Seconds since 1970. */
  expires: number;
}

export interface Passed {
  leases: readonly PassedLease[];
  fetch: ShellFetch;
  config: GitConfig;
  env: NodeJS.ProcessEnv;
  /** Seconds that the gate waits for the remote. */
  timeout: number;
}

/** Variables that a judgement rests on: who commits, and how git reaches the remote. */
const WHO = ['LAZYSPEC_AGENT_ID', 'CLAUDE_SESSION_ID'];
const HOW = ['GIT_SSH_COMMAND', 'GIT_SSH', 'GIT_SSH_VARIANT'];
/** Seconds: who waits longer waits for Node as well. */
const MOST_PATIENT = 5;
/** Of more files than these the note would take as long to read as Node takes to start. */
const MOST_FILES = 100;

export const PASSED = /^passed-.*\.sh$/;

/** Writes the note of a work tree into `<git common dir>/lazyspec`. @throws the file system's error */
export async function notePassed(folder: string, gitDir: string, passed: Passed): Promise<void> {
  // A command for this one time may hold what is not to be written down.
  if (HOW.some((name) => passed.env[name])) return;
  const files = passed.leases.flatMap(({ paths }) => paths);
  // git quotes other names, and the shell would not know them again.
  if (files.length > MOST_FILES || !files.every((path) => /^[\w ./@+,=-]+$/.test(path))) return;
  const path = notePath(folder, gitDir);
  const { objectId } = await import('../git/object-ids.ts');
  const like = passed.leases[0]?.oid ?? '';
  const text = passedNote(passed, objectId('blob', Buffer.from(passed.config.listing()), like));
  if (!isThere(path, text)) writeNote(path, text);
}

/** A lease that its holder has renewed: the commit of its ref before and after. */
export interface MovedLease {
  ref: string;
  from: string;
  to: string;
  /** Seconds since 1970. */
  expires: number;
}

/**
 * What passed under leases as they were passes under the same holder's as they are now.
 * @throws the file system's error
 */
export function movePassed(folder: string, gitDir: string, moved: readonly MovedLease[]): void {
  const path = notePath(folder, gitDir);
  if (moved.length === 0 || !existsSync(path)) return;
  const before = readFileSync(path, 'utf8');
  // Where it has been written anew since, that stays.
  const text = before.replace(LEASE, (written, ref, oid) => {
    const now = moved.find((one) => quoted(one.ref) === ref && one.from === oid);
    return now ? leaseLine(now.ref, now.to, now.expires) : written;
  });
  if (text !== before) writeNote(path, text);
}

const LEASE = /lazyspec_lease ('refs\/\S+') ([0-9a-f]+) \d+ ;;/g;

function leaseLine(ref: string, oid: string, expires: number): string {
  return `lazyspec_lease ${quoted(ref)} ${oid} ${expires} ;;`;
}

function notePath(folder: string, gitDir: string): string {
  return join(folder, `passed-${basename(gitDir)}.sh`);
}

function isThere(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

/** @param listing id of what git prints of its configuration, as `git hash-object` has it */
function passedNote({ leases, fetch, env, timeout }: Passed, listing: string): string {
  const git = ['git', ...ALWAYS].map(shellQuote).join(' ');
  const variables = [...WHO, ...HOW].map(
    (name) => `[ "\${${name}-}" = ${quoted(env[name] ?? '')} ]`,
  );
  const files = leases.flatMap(({ paths, ref, oid, expires }) =>
    paths.map((path) => `${quoted(`M\t${path}`)}) ${leaseLine(ref, oid, expires)}`),
  );
  const settings = Object.entries({ LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...fetch.env });
  const assignments = settings.map(([name, value]) => `${name}=${quoted(value)}`).join(' ');
  const asking = ['git', ...ALWAYS, ...fetch.args].map(shellQuote).join(' ');
  return `# Written by lazyspec-hooks. Delete it at any time: the hooks are then slower, and right.
lazyspec_lease() {
  case " $lazyspec_leases " in *" $1=$2 "*) ;; *) lazyspec_leases="$lazyspec_leases $1=$2" ;; esac
  [ -n "$lazyspec_until" ] && [ "$lazyspec_until" -le "$3" ] || lazyspec_until=$3
}
lazyspec_are_same() {
  for lazyspec_one in $lazyspec_leases; do
    IFS= read -r lazyspec_at <"$common/\${lazyspec_one%=*}" || return 1
    [ "$lazyspec_at" = "\${lazyspec_one##*=}" ] || return 1
  done
}
lazyspec_passes() {
  ${variables.join(' &&\n    ')} || return 1
  [ "$(${git} config --list 2>&1 | git hash-object --stdin 2>&1)" = ${listing} ] || return 1
  lazyspec_leases=
  lazyspec_until=
  while IFS= read -r lazyspec_file; do
    case $lazyspec_file in
    ${files.join('\n    ')}
    *) return 1 ;;
    esac
  done <<EOF
$1
EOF
  lazyspec_are_same 2>/dev/null || return 1
  set --
  for lazyspec_one in $lazyspec_leases; do
    set -- "$@" "+\${lazyspec_one%=*}:\${lazyspec_one%=*}"
  done
  command -v timeout >/dev/null 2>&1 || return 1
  ${assignments} timeout ${Math.max(1, Math.min(MOST_PATIENT, Math.floor(timeout)))} \\
    ${asking} "$@" </dev/null >/dev/null 2>&1 || return 1
  lazyspec_are_same 2>/dev/null && [ "$(date +%s)" -le "$lazyspec_until" ]
}
`;
}

/** Always in quotes, also where a shell would not need them: an empty word must stay one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
