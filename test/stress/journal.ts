/**
 * The remote's own record. git's reflog of a ref ends with the ref, so a hook notes every
 * transaction as well, while git holds the locks ("prepared") and after ("committed"): the order
 * of the first is the order of the moves.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../helpers/sandbox.ts';
import { run } from '../helpers/sandbox.ts';
import type { Commit, History, LeaseRecord, Move, Transaction } from './history.ts';

const LEASES = 'refs/lazyspec/leases';

/** @param gitDir of the repository that holds the leases */
export async function keepJournal(sandbox: Sandbox, gitDir: string): Promise<void> {
  await sandbox.git(gitDir, '--git-dir=.', 'config', 'core.logAllRefUpdates', 'always');
  const hook = join(gitDir, 'hooks', 'reference-transaction');
  mkdirSync(join(gitDir, 'hooks'), { recursive: true });
  writeFileSync(
    hook,
    `#!/bin/sh
moves=
while read -r line; do
  case $line in *" ${LEASES}/"*) moves="$moves $line" ;; esac
done
[ -z "$moves" ] || printf '%s %s %s%s\\n' "$1" "$PPID" "$(date +%s%N)" "$moves" >>'${journalOf(gitDir)}'
`,
  );
  chmodSync(hook, 0o755);
}

function journalOf(gitDir: string): string {
  return join(gitDir, 'journal');
}

type Record = Pick<History, 'transactions' | 'commits' | 'final' | 'reflogs'>;

export async function readJournal(sandbox: Sandbox, gitDir: string): Promise<Record> {
  const path = journalOf(gitDir);
  const transactions = parseJournal(existsSync(path) ? readFileSync(path, 'utf8') : '');
  const oids = new Set(
    transactions.flatMap(({ moves }) => moves.flatMap(({ from, to }) => [from ?? '', to ?? ''])),
  );
  oids.delete('');
  const format = '--format=%(refname) %(objectname)';
  const listed = await sandbox.git(gitDir, '--git-dir=.', 'for-each-ref', format, LEASES);
  const final = Object.fromEntries(
    listed
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split(' ') as [string, string]),
  );
  const reflogs = Object.fromEntries(Object.keys(final).map((ref) => [ref, reflog(gitDir, ref)]));
  const commits = await readCommits(sandbox, gitDir, [...oids]);
  return { transactions, commits, final, reflogs };
}

/** `<state> <pid> <nanoseconds>` and `<old> <new> <ref>` of each move. */
export function parseJournal(text: string): Transaction[] {
  const open = new Map<string, Transaction>();
  const transactions: Transaction[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [state = '', pid = '', time = '', ...words] = line.split(' ');
    const moves: Move[] = [];
    for (let i = 0; i + 2 < words.length; i += 3) {
      const [from, to] = [oidOf(words[i]), oidOf(words[i + 1])];
      // Older gits tell of the deletion of a packed ref that is none, too.
      if (!from && !to) continue;
      moves.push({ ref: words[i + 2] ?? '', ...(from && { from }), ...(to && { to }) });
    }
    if (moves.length === 0) continue;
    if (state === 'prepared') {
      const transaction = { prepared: milliseconds(time), landed: Number.MAX_SAFE_INTEGER, moves };
      open.set(pid, transaction);
      transactions.push(transaction);
    }
    const ended = open.get(pid);
    if (!ended || state === 'prepared' || state === 'preparing') continue;
    open.delete(pid);
    if (state === 'committed') ended.landed = milliseconds(time, 1);
    else transactions.splice(transactions.indexOf(ended), 1);
  }
  return transactions;
}

/** A `date` without nanoseconds is somewhere in its second. */
function milliseconds(text: string, atMost: 0 | 1 = 0): number {
  const [, seconds, nanoseconds] = /^(\d{10})(\d{9})?/.exec(text) ?? [];
  const fraction = nanoseconds === undefined ? 999 * atMost : Number(nanoseconds) / 1e6;
  return Number(seconds) * 1000 + fraction;
}

function oidOf(text: string | undefined): string | undefined {
  return text && !/^0+$/.test(text) ? text : undefined;
}

function reflog(gitDir: string, ref: string): Move[] {
  const path = join(gitDir, 'logs', ref);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => {
    const [from, to] = line.split(' ').map(oidOf);
    return { ref, ...(from && { from }), ...(to && { to }) };
  });
}

async function readCommits(
  sandbox: Sandbox,
  gitDir: string,
  oids: readonly string[],
): Promise<{ [oid: string]: Commit }> {
  const names = oids.flatMap((oid) => [oid, `${oid}:lease.json`]);
  const ran = await run('git', ['--git-dir=.', 'cat-file', '--batch'], {
    cwd: gitDir,
    env: sandbox.env,
    input: `${names.join('\n')}\n`,
  });
  const objects = parseBatch(Buffer.from(ran.stdout, 'utf8'));
  return Object.fromEntries(
    oids.flatMap((oid, index) => {
      const [text, record] = [objects[2 * index], objects[2 * index + 1]];
      if (text === undefined || record === undefined) return [];
      const commit = {
        committed: Number(/^committer .* (\d+) [+-]\d+$/m.exec(text)?.[1]),
        parents: text.match(/^parent /gm)?.length ?? 0,
        message: text.slice(text.indexOf('\n\n') + 2),
        record: JSON.parse(record) as LeaseRecord,
      };
      return [[oid, commit] as const];
    }),
  );
}

/** `<oid> <type> <size> NL <content> NL`, or `<name> missing NL`. */
function parseBatch(output: Buffer): (string | undefined)[] {
  const objects: (string | undefined)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const size = Number(/ (\d+)$/.exec(output.subarray(at, end).toString('utf8'))?.[1]);
    if (Number.isNaN(size)) objects.push(undefined);
    else objects.push(output.subarray(end + 1, end + 1 + size).toString('utf8'));
    at = end + 1 + (Number.isNaN(size) ? 0 : size + 1);
  }
  return objects;
}
