/**
 * The server's side: may this push be taken? It trusts nothing that was pushed. Who pushes the
 * server says; the project's rules are read from the branches as they are before the push; leases
 * are judged by this clock, and by what is here.
 */
import { resolve } from 'node:path';
import { governedFolders } from '../documents/governed-folders.ts';
import type { LazyspecError } from '../errors.ts';
import { lineOf, linesOf, oddAnswer, oidsOf } from '../git/answer.ts';
import type { Change } from '../git/change.ts';
import type { GitConfig } from '../git/config.ts';
import { readGitConfig } from '../git/config.ts';
import { plumbingStore } from '../git/plumbing.ts';
import type { Git } from '../git/run.ts';
import { createGit, mustRun } from '../git/run.ts';
import { refusedError } from '../lease/explain.ts';
import type { ChangedDocument, Verdict } from '../lease/gate.ts';
import { isLive, judgeDocuments } from '../lease/gate.ts';
import { judgeTakeover } from '../lease/takeover.ts';
import type { View } from '../lease/view.ts';
import { leaseRef, viewOf } from '../lease/view.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import { changeOfMove, changeOfNewBranches } from '../server/branch-commits.ts';
import { leasesAt } from '../server/lease-commits.ts';
import type { LeaseChange } from '../server/lease-rules.ts';
import { judgeLease, refused } from '../server/lease-rules.ts';
import type { Pusher } from '../server/pusher.ts';
import { hasAdministrators, identify } from '../server/pusher.ts';
import type { Rules, RulesAt } from '../server/rules.ts';
import { PLACES, rulesAt } from '../server/rules.ts';
import type { Update } from '../server/updates.ts';
import { branchName, kindOf, parseUpdates } from '../server/updates.ts';
import { momentNow, observationsIn } from '../state/observations.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';

const PASS: GateOutcome = { result: { ok: true, documents: [] } };

/**
 * Judges a push to this repository.
 * @param input what git says on stdin
 * @throws {LazyspecError} AGENT_UNKNOWN, USAGE, GIT_FAILED: whatever goes wrong refuses
 */
export async function preReceive(context: Context, input: string): Promise<GateOutcome> {
  const server = openServer(context);
  const updates = parseUpdates(input);
  const ours = updates.filter(({ ref }) => kindOf(ref) !== 'other');
  if (ours.length === 0) return PASS;

  const refusals = await judgePush(server, ours);
  const [first] = refusals;
  if (!first) return PASS;
  return { result: { ok: false, documents: [] }, refusal: combined(refusals) ?? first };
}

interface Server {
  context: Context;
  git: Git;
  gitDir: string;
  program: string;
  now: () => number;
}

function openServer(context: Context): Server {
  const { cwd, env, signal } = context.options;
  if (!env.GIT_DIR) {
    throw refused('git itself has to call this hook', {
      remedy: 'Install it as hooks/pre-receive of the bare repository: see docs/server.md.',
    });
  }
  if (env.GIT_NAMESPACE) {
    throw refused('this hook cannot tell the refs of one namespace from those of another', {
      remedy: 'Serve each project from a repository of its own, without GIT_NAMESPACE.',
    });
  }
  return {
    context,
    // A replacement is not what was pushed, and not what others get.
    git: createGit({ cwd, env: { ...env, GIT_NO_REPLACE_OBJECTS: '1' }, signal }),
    gitDir: resolve(cwd, env.GIT_DIR),
    // The pusher's, about whose machine nothing is known here.
    program: 'lazyspec-lease',
    now: context.now,
  };
}

async function judgePush(server: Server, updates: readonly Update[]): Promise<LazyspecError[]> {
  const { git } = server;
  const [config, branches, head] = await Promise.all([
    readGitConfig(git),
    branchTips(git),
    defaultBranch(git),
  ]);
  // Before the first branch there is nothing to judge by, and nothing to protect.
  if (branches.size === 0) return [];
  const trunk = branches.get(head ?? '');
  const moved = updates.filter(({ ref }) => kindOf(ref) === 'branch');
  const commits = trunk
    ? [trunk, ...moved.flatMap(({ ref }) => branches.get(ref) ?? [])]
    : [...branches.values()];
  const rules = await rulesAt(git, commits);
  if (!trunk) {
    return [...rules.values()].every(({ state }) => state === 'none')
      ? []
      : [noTrunk(head, branches)];
  }

  const at = (commit: string): RulesAt => rules.get(commit) ?? { state: 'none' };
  // By what is there, whatever the push says of it: git deletes a ref unseen where the old value
  // that it is told is an object that it has not got (builtin/receive-pack.c).
  const lawOf = ({ ref }: Update) => at(branches.get(ref) ?? trunk);
  const judged = updates.filter((update) => lawOf(update).state !== 'none');
  if (judged.length === 0) return [];
  const pusher = identify(server.context.options.env, config);
  const push: Push = { server, config, pusher, head: head ?? '', trunk, at, lawOf };
  return [
    ...(await judgeBranches(
      push,
      judged.filter(({ ref }) => kindOf(ref) === 'branch'),
    )),
    ...(await judgeOurs(
      push,
      judged.filter(({ ref }) => kindOf(ref) !== 'branch'),
    )),
  ];
}

interface Push {
  server: Server;
  config: GitConfig;
  pusher: Pusher;
  /** The default branch and its tip before the push. */
  head: string;
  trunk: string;
  at: (commit: string) => RulesAt;
  /** What a ref is judged by: its own branch as it is, or else the default branch. */
  lawOf: (update: Update) => RulesAt;
}

async function branchTips(git: Git): Promise<Map<string, string>> {
  const format = '--format=%(objectname) %(refname)';
  const { stdout } = await mustRun(git, ['for-each-ref', format, 'refs/heads/']);
  return new Map(
    linesOf('for-each-ref', stdout).map((line) => {
      const [, oid, ref] = /^([0-9a-f]+) (refs\/heads\/.+)$/.exec(line) ?? [];
      if (!oid || !ref) throw oddAnswer('for-each-ref');
      return [ref, oid];
    }),
  );
}

/** What HEAD names, whether it is there or not; undefined where it names no branch. */
async function defaultBranch(git: Git): Promise<string | undefined> {
  const args = ['symbolic-ref', '--quiet', 'HEAD'];
  const { status, stdout } = await mustRun(git, args, { alsoFine: [1] });
  return status === 0 ? lineOf('symbolic-ref', stdout) : undefined;
}

function noTrunk(head: string | undefined, branches: ReadonlyMap<string, string>): LazyspecError {
  const [some = 'refs/heads/main'] = ['refs/heads/main', 'refs/heads/master', 'refs/heads/trunk']
    .filter((ref) => branches.has(ref))
    .concat([...branches.keys()]);
  return refused(
    head === undefined
      ? 'HEAD of this repository names no branch, and what it names holds the rules'
      : `HEAD of this repository names '${branchName(head)}', which is not there, and would hold the rules`,
    { remedies: [{ label: 'on the server', command: `git symbolic-ref HEAD ${some}` }] },
  );
}

// ---- branches

async function judgeBranches(push: Push, updates: readonly Update[]): Promise<LazyspecError[]> {
  const refusals: LazyspecError[] = [];
  const documents: { document: ChangedDocument; rules: Rules }[] = [];
  const judge = async (rules: Rules, change: Change, where: string) => {
    const { context, git } = push.server;
    const config = rules.config;
    if (hasAdministrators(push.config) && !push.pusher.isAdministrator) {
      const file = change.files.find(({ path }) => PLACES.includes(path));
      if (file) refusals.push(guardedConfiguration(file.path, where, push.pusher.account));
    }
    void context;
    for (const document of await changedDocuments({ git, config: async () => config }, change)) {
      documents.push({ document, rules });
    }
  };

  const created: string[] = [];
  for (const update of updates) {
    const { ref, old, next } = update;
    const law = push.lawOf(update);
    const isTrunk = ref === push.head;
    if (law.state === 'broken') {
      const repaired =
        next && push.pusher.isAdministrator && (await isSound(push.server.git, next));
      if (!repaired) refusals.push(brokenRules(push, ref, law.error));
      continue;
    }
    if (law.state === 'none') continue;
    if (!next) {
      if (isTrunk && !push.pusher.isAdministrator) refusals.push(trunkDeleted(ref));
      continue;
    }
    if (!old) {
      created.push(next);
      continue;
    }
    const folders = guardedPaths(law.rules);
    const trunk = isTrunk ? undefined : push.trunk;
    const change = await changeOfMove(push.server.git, { ref, old, next }, trunk, folders);
    await judge(law.rules, change, branchName(ref));
    const changesRules = change.files.some(({ path }) => PLACES.includes(path));
    if (changesRules) {
      const after = (await rulesAt(push.server.git, [next])).get(next);
      if (after?.state === 'broken') refusals.push(breaksRules(ref, after.error));
    }
  }
  const law = push.at(push.trunk);
  if (created.length > 0 && law.state === 'rules') {
    const change = await changeOfNewBranches(push.server.git, created, guardedPaths(law.rules));
    await judge(law.rules, { ...change, parents: [push.trunk, ...change.parents] }, 'a new branch');
  }
  return [...refusals, ...(await judgeChangedDocuments(push, documents))];
}

function guardedPaths({ config }: Rules): string[] {
  const folders = governedFolders(config.types);
  return folders.includes('') ? folders : [...folders, ...PLACES];
}

async function isSound(git: Git, commit: string): Promise<boolean> {
  return (await rulesAt(git, [commit])).get(commit)?.state !== 'broken';
}

async function judgeChangedDocuments(
  push: Push,
  changed: readonly { document: ChangedDocument; rules: Rules }[],
): Promise<LazyspecError[]> {
  if (changed.length === 0) return [];
  const { git, now, program } = push.server;
  const { pusher } = push;
  const store = plumbingStore(git);
  const asksForAny = changed.some(({ document, rules }) => {
    return document.created && rules.config.gate.create === 'any';
  });
  const refs = [...new Set(changed.map(({ document }) => leaseRef(document)))];
  const stored = asksForAny ? await store.list(LEASE_REFS) : await store.read(refs);
  const views = new Map<string, View>(stored.map((one) => [one.ref, viewOf(one)]));
  const moment = now();
  const holdsAny = [...views.values()].some(
    (view) => view.state === 'held' && pusher.owns(view.lease.agent) && isLive(view, moment),
  );
  const refused = new Map<string, { verdict: Verdict; rules: Rules }>();
  for (const { document, rules } of changed) {
    const view = views.get(leaseRef(document)) ?? { state: 'absent' };
    const isMine = view.state === 'held' && pusher.owns(view.lease.agent);
    const [verdict] = judgeDocuments([document], {
      agent: isMine ? view.lease.agent : pusher.account,
      now: moment,
      create: rules.config.gate.create,
      view: () => view,
      holdsAny: () => holdsAny,
    });
    if (verdict && verdict.verdict !== 'pass') {
      refused.set(`${leaseRef(document)} ${verdict.verdict}`, { verdict, rules });
    }
  }
  if (refused.size === 0) return [];
  return [...refused.values()].map(
    ({ verdict: { id, type, paths, commits, verdict, view }, rules }) =>
      refusedError(
        [
          {
            document: { id, type },
            code: verdict as Exclude<Verdict['verdict'], 'pass'>,
            view,
            paths,
            commits,
            ...(view.state === 'held' && {
              takeover: judgeTakeover(view, moment, 0, rules.config.coordination),
            }),
          },
        ],
        { agent: pusher.account, now: moment, program },
      ),
  );
}

function guardedConfiguration(path: string, where: string, account: string): LazyspecError {
  return refused(`${path}: the configuration is changed by administrators only`, {
    details: [`on ${where}; you are ${account}`],
    remedies: [
      { label: 'on the server', command: `git config --add lazyspec.administrator ${account}` },
    ],
  });
}

function brokenRules({ config }: Push, ref: string, error: LazyspecError): LazyspecError {
  return refused(`the configuration on '${branchName(ref)}' is broken: ${error.message}`, {
    details: error.details,
    remedy: hasAdministrators(config)
      ? 'An administrator may push a commit that mends it; nothing else is taken until then.'
      : 'An administrator may push a commit that mends it. Name one on the server: git config --add lazyspec.administrator <account>',
  });
}

function breaksRules(ref: string, error: LazyspecError): LazyspecError {
  return refused(
    `this push would break the configuration on '${branchName(ref)}': ${error.message}`,
    {
      details: error.details,
      remedy: 'Mend it before you push: nothing could be judged by it.',
    },
  );
}

function trunkDeleted(ref: string): LazyspecError {
  return refused(`'${branchName(ref)}' holds the rules of this repository, and stays`, {
    remedy:
      'To have another default branch, on the server: git symbolic-ref HEAD refs/heads/<name>',
  });
}

// ---- refs of our own

async function judgeOurs(push: Push, updates: readonly Update[]): Promise<LazyspecError[]> {
  const { pusher, trunk, at } = push;
  const reserved = updates
    .filter(({ ref, next }) => kindOf(ref) === 'reserved' && !(pusher.isAdministrator && !next))
    .map(({ ref }) =>
      refused(`${ref} is none of the refs that lazyspec has`, {
        remedy: `Below refs/lazyspec/ there are leases only: ${LEASE_REFS}<type>/<ID>`,
      }),
    );
  const leases = updates.filter(({ ref }) => kindOf(ref) === 'lease');
  if (leases.length === 0) return reserved;
  const law = at(trunk);
  if (law.state === 'broken') return [...reserved, brokenRules(push, push.head, law.error)];
  if (law.state === 'none') return reserved;

  const { git, gitDir, now, program, context } = push.server;
  const known = await leasesAt(
    git,
    leases.flatMap(({ old, next }) => [old, next].filter((oid) => oid !== undefined)),
  );
  const viewAt = (oid: string | undefined): View =>
    (oid === undefined ? undefined : known.get(oid)?.view) ?? { state: 'absent' };

  // What is here, and what comes now: whoever watches from here knows how long it has been so.
  const { stdout } = await mustRun(git, ['for-each-ref', '--format=%(objectname)', LEASE_REFS]);
  const present = [...oidsOf('for-each-ref', stdout), ...leases.flatMap(({ next }) => next ?? [])];
  const arrivals = observationsIn(gitDir, momentNow, (message) => context.warn(message));
  const ages = arrivals.observe(new Map(present.map((oid) => [oid, oid])), () => true);

  const moment = now();
  const { coordination: policy, types } = law.rules.config;
  return [
    ...reserved,
    ...leases.flatMap(({ ref, old, next }) => {
      const change: LeaseChange = {
        ref,
        old: viewAt(old),
        next: next === undefined ? undefined : known.get(next),
        arrivedFor: old === undefined ? 0 : (ages.get(old) ?? 0),
      };
      return judgeLease(change, pusher, { policy, types, now: moment, program }) ?? [];
    }),
  ];
}

/** So many are told whole; whoever pushes ten thousand is told how many more. */
const TOLD = 10;

/** One error for all that was refused; undefined where it is one thing only. */
function combined(refusals: readonly LazyspecError[]): LazyspecError | undefined {
  if (refusals.length < 2) return undefined;
  const told = refusals
    .slice(0, TOLD)
    .flatMap(({ message, details, remedies, remedy }) => [
      message,
      ...details,
      ...(remedies.length > 0
        ? remedies.map(({ label, command }) => `${label}: ${command}`)
        : (remedy ?? [])),
    ]);
  const more = refusals.length - TOLD;
  return refused(`this push was refused for ${refusals.length} reasons`, {
    details: [...told, ...(more > 0 ? [`and ${more} more`] : [])],
  });
}
