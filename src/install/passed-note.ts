/**
 * What the hook needs to let a commit pass without starting Node: the files of documents that this
 * agent has claimed, the lease of each, and all that a judgement would rest on. A change of what is in
 * them passes where git's configuration, that of the project, who commits, and every lease, as the
 * remote has it now, are the same. Of anything else, and of every doubt, Node judges.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { GitConfig } from '../git/config.ts';
import type { ShellFetch } from '../git/remote.ts';
import { ALWAYS } from '../git/run.ts';
import { shellQuote } from '../shell-quote.ts';
import { writeNote } from '../state/atomic-write.ts';

/** A lease of the agent's own, under which files may change. */
export interface PassedLease {
  /** Files of its document, relative to the root. */
  paths: readonly string[];
  ref: string;
  /** The commit that the ref was at. */
  oid: string;
  /** Seconds since 1970. */
  expires: number;
}

export interface Passed {
  leases: readonly PassedLease[];
  /** None where the leases are in this clone itself. */
  fetch?: ShellFetch;
  /** What the note of what is governed calls its configuration. */
  configuration: string;
  config: GitConfig;
  env: NodeJS.ProcessEnv;
  /** Seconds that the gate waits for the remote. */
  timeout: number;
}

/** Variables that a judgement rests on: who commits, and how git reaches the remote. */
const WHO = ['LAZYSPEC_AGENT_ID', 'CLAUDE_SESSION_ID'];
const HOW = ['GIT_SSH_COMMAND', 'GIT_SSH', 'GIT_SSH_VARIANT'];
const ASKPASS = ['GIT_ASKPASS', 'SSH_ASKPASS'];
/** Seconds: who waits longer waits for Node as well. */
const MOST_PATIENT = 5;
/** Of more files than these the note would take as long to read as Node takes to start. */
const MOST_FILES = 100;

export const PASSED = /^passed-.*\.sh$/;

/**
 * Writes the note of a work tree into `<git common dir>/lazyspec`. Where all else is still the same,
 * the files that it names already stay, as long as there is room for them.
 * @throws the file system's error
 */
export async function notePassed(folder: string, gitDir: string, passed: Passed): Promise<void> {
  // A command for this one time may hold what is not to be written down.
  if (HOW.some((name) => passed.env[name])) return;
  const path = join(folder, `passed-${basename(gitDir)}.sh`);
  const { objectId } = await import('../git/object-ids.ts');
  const like = passed.leases[0]?.oid ?? '';
  const listing = objectId('blob', Buffer.from(passed.config.listing()), like);
  const noteOf = (entries: readonly Entry[]) => passedNote(passed, listing, entries);
  const before = readNote(path);
  const known = entriesOf(before);
  const now = Date.now() / 1000;
  // A lease that is over lets nothing pass any more.
  const still = (noteOf(known) === before ? known : []).filter(({ expires }) => expires >= now);
  const all = merged(still, passed.leases);
  const entries = all.length > MOST_FILES ? merged([], passed.leases) : all;
  if (entries.length === 0 || entries.length > MOST_FILES) return;
  const text = noteOf(entries);
  if (text !== before) writeNote(path, text);
}

/** A file, and the lease under which it may change. */
interface Entry {
  path: string;
  ref: string;
  oid: string;
  expires: number;
}

function merged(known: readonly Entry[], leases: readonly PassedLease[]): Entry[] {
  const entries = new Map(known.map((entry) => [entry.path, entry]));
  for (const { paths, ref, oid, expires } of leases) {
    const before = known.filter((entry) => entry.ref === ref).map(({ path }) => path);
    for (const path of [...before, ...paths]) {
      // git quotes other names, and the shell would not know them again.
      if (/^[\w ./@+,=-]+$/.test(path)) entries.set(path, { path, ref, oid, expires });
    }
  }
  return [...entries.values()];
}

function readNote(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // none yet
  }
}

const ENTRY = /^ {4}'M\t([^']+)'\) lazyspec_lease '([^']+)' ([0-9a-f]+) (\d+) ;;$/gm;

function entriesOf(note: string): Entry[] {
  return [...note.matchAll(ENTRY)].map(([, path = '', ref = '', oid = '', expires]) => {
    return { path, ref, oid, expires: Number(expires) };
  });
}

/** @param listing id of what git prints of its configuration, as `git hash-object` has it */
function passedNote(
  { configuration, fetch, env, timeout }: Passed,
  listing: string,
  entries: readonly Entry[],
): string {
  const git = ['git', ...ALWAYS].map(shellQuote).join(' ');
  const variables = [...WHO, ...HOW, ...ASKPASS].map(
    (name) => `[ "\${${name}-}" = ${quoted(env[name] ?? '')} ]`,
  );
  const files = entries.map(
    ({ path, ref, oid, expires }) =>
      `${quoted(`M\t${path}`)}) lazyspec_lease ${quoted(ref)} ${oid} ${expires} ;;`,
  );
  return `# Written by lazyspec-hooks. Delete it at any time: the hooks are then slower, and right.
lazyspec_lease() {
  case " $lazyspec_leases " in *" $1=$2 "*) ;; *) lazyspec_leases="$lazyspec_leases $1=$2" ;; esac
  [ -n "$lazyspec_until" ] && [ "$lazyspec_until" -le "$3" ] || lazyspec_until=$3
}
lazyspec_passes() {
  [ "$lazyspec_configuration" = ${quoted(configuration)} ] || return 1
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
  set --
  for lazyspec_one in $lazyspec_leases; do set -- "$@" "\${lazyspec_one%=*}"; done
  ${fetch ? fetching(fetch, timeout) : ''}
  lazyspec_told="
$(${git} for-each-ref '--format=%(objectname)%09%(refname)' -- "$@" 2>&1)
" || return 1
  for lazyspec_one in $lazyspec_leases; do
    case $lazyspec_told in *"
\${lazyspec_one##*=}\t\${lazyspec_one%=*}
"*) ;; *) return 1 ;; esac
  done
  [ "$(date +%s)" -le "$lazyspec_until" ]
}
`;
}

/** What the shell does to have the copies of `$@` as the remote has them. */
function fetching({ args, env }: ShellFetch, timeout: number): string {
  const settings = Object.entries({ LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...env });
  const assignments = settings.map(([name, value]) => `${name}=${quoted(value)}`).join(' ');
  const git = ['git', ...ALWAYS, ...args].map(shellQuote).join(' ');
  const seconds = Math.max(1, Math.min(MOST_PATIENT, Math.floor(timeout)));
  // macOS has no `timeout`, and perl; what an alarm is set for it ends, whatever runs by then.
  return `lazyspec_told=$(
    for lazyspec_one; do set -- "$@" "+$lazyspec_one:$lazyspec_one"; shift; done
    set -- ${seconds} ${git} "$@"
    if command -v timeout >/dev/null 2>&1; then
      set -- timeout "$@"
    elif command -v perl >/dev/null 2>&1; then
      set -- perl -e 'alarm shift; exec @ARGV' "$@"
    else
      exit 1
    fi
    ${assignments} "$@" </dev/null 2>/dev/null
  ) && [ -z "$lazyspec_told" ] || return 1`;
}

/** Always in quotes, also where a shell would not need them: an empty word must stay one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
