/**
 * The server's side: may this push be taken? It trusts nothing that is pushed. Who pushes the server
 * says; the project's rules are those of the branches as they are before the push; leases are judged
 * by this clock, and by what is here.
 */
import type { LazyspecError } from '../errors.ts';
import { deletedTip, recordDeleted } from '../server/deleted-branches.ts';
import { judgeOurRefs } from '../server/judge-leases.ts';
import { identify } from '../server/pusher.ts';
import { combined, refused } from '../server/refused.ts';
import type { Served } from '../server/repository.ts';
import { openServed } from '../server/repository.ts';
import type { RulesAt } from '../server/rules.ts';
import { rulesAt } from '../server/rules.ts';
import type { Update } from '../server/updates.ts';
import { branchName, kindOf, parseUpdates } from '../server/updates.ts';
import { shellQuote } from '../shell-quote.ts';
import type { Context } from './context.ts';
import { judgeBranches } from './pushed-branches.ts';

/**
 * Passes, or throws.
 * @param input what git says on stdin
 * @throws {LazyspecError} why the push is refused: PUSH_REFUSED, AGENT_UNKNOWN, USAGE, the codes of
 *   the gate; GIT_FAILED, GIT_MISSING, … where it could not be judged
 */
export async function preReceive(context: Context, input: string): Promise<void> {
  const updates = parseUpdates(input).filter(({ ref }) => kindOf(ref) !== 'other');
  const refusals = updates.length > 0 ? await judgePush(context, updates) : [];
  if (refusals.length > 0) throw combined(refusals);
}

async function judgePush(context: Context, named: readonly Update[]): Promise<LazyspecError[]> {
  const served = await openServed(context.options);
  const { git, branches, aliases, deleted, head = '' } = served;
  // By what is there, whatever the push says of it: git deletes a ref whatever it is at where the
  // old value that it is told is of an object that it has not got (builtin/receive-pack.c).
  const updates = named.map((update) => {
    const ref = aliases.get(update.ref) ?? update.ref;
    if (kindOf(ref) !== 'branch') return { ...update, ref };
    const old = branches.get(ref) ?? deletedTip(deleted, ref, context.now());
    return { ...update, ref, old };
  });
  // Before the first branch there is nothing to judge by, and nothing to protect.
  if (branches.size === 0) return [];
  const trunk = branches.get(head);
  if (trunk === undefined) return judgeWithoutTrunk(served);

  const isBranch = ({ ref }: Update) => kindOf(ref) === 'branch';
  const olds = updates.filter(isBranch).flatMap(({ old }) => old ?? []);
  const commits = [...new Set([trunk, ...olds])];
  const found = await rulesAt(git, commits);
  const rules = new Map(commits.map((commit, index) => [commit, found[index]]));
  const at = (commit: string): RulesAt => rules.get(commit) ?? { state: 'none' };
  const rulesOf = (update: Update) => {
    const { ref, old } = update;
    const own = isBranch(update) && old !== undefined ? at(old) : at(trunk);
    // What has been deleted cannot loosen the rules of a new branch.
    return branches.has(ref) || own.state === 'rules' ? own : at(trunk);
  };

  const judged = updates.filter((update) => rulesOf(update).state !== 'none');
  if (judged.length === 0) return [];
  const push = {
    served,
    pusher: identify(context.options.env, served.config),
    head,
    trunk,
    trunkRules: at(trunk),
    rulesOf,
    now: context.now,
    // Of the pusher's machine nothing is known here.
    program: 'lazyspec-lease',
    warn: context.warn,
  };
  const refusals = [
    ...(await judgeBranches(push, judged.filter(isBranch))),
    ...(await judgeOurRefs(
      push,
      judged.filter((update) => !isBranch(update)),
    )),
  ];
  const gone = judged.flatMap((update) => {
    const { ref, old, next } = update;
    return isBranch(update) && old && !next ? [{ ref, tip: old }] : [];
  });
  if (refusals.length === 0 && gone.length > 0) {
    await recordDeleted(context.options, gone, deleted, context.now());
  }
  return refusals;
}

/**
 * Where HEAD names a branch that is not there, such as the master of a repository whose branch is
 * main, nothing would be protected and nobody would notice.
 */
async function judgeWithoutTrunk({ git, branches, head }: Served): Promise<LazyspecError[]> {
  const rules = await rulesAt(git, [...new Set(branches.values())]);
  if (rules.every(({ state }) => state === 'none')) return [];
  const usual = ['refs/heads/main', 'refs/heads/master', 'refs/heads/trunk'];
  const [some = ''] = [...usual.filter((ref) => branches.has(ref)), ...branches.keys()];
  const names =
    head === undefined ? 'no branch' : `the branch '${branchName(head)}', which is not there`;
  return [
    refused(`HEAD of the server's repository names ${names}: nothing tells which rules are its`, {
      remedies: [{ label: 'on the server', command: `git symbolic-ref HEAD ${shellQuote(some)}` }],
    }),
  ];
}
