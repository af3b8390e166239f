/** Plays the steps of a plan with the built program, and compares each with the oracle. */
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ran } from '../helpers/sandbox.ts';
import { HOOKS, LEASE, run } from '../helpers/sandbox.ts';
import type { Family } from './known.ts';
import type { Git, Lease, State } from './oracle.ts';
import {
  differing,
  firstRules,
  lacking,
  leasesOn,
  needsOf,
  parentsOf,
  rulesOf,
  stateAt,
} from './oracle.ts';
import type { Plan, Step } from './plan.ts';
import type { Update } from './push-oracle.ts';
import { judgePush, rulesOfUpdate } from './push-oracle.ts';

export interface Failure {
  /** What is wrong, in the same words each time. */
  what: string;
  /** The number of the step in the plan. */
  step: number;
  details: string;
}

export interface Round {
  /** How often what was seen: `commit refused`, `push passed`, `left out: net`, … */
  figures: Map<string, number>;
  failures: Failure[];
}

const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_EDITOR: ':',
  GIT_MERGE_AUTOEDIT: 'no',
  GIT_TERMINAL_PROMPT: '0',
  LAZYSPEC_BACKEND: 'git',
  TZ: 'UTC',
};
const OFF = 'export LAZYSPEC_HOOKS=0';
/** Of a twin. Its files have other inodes and times of change, which must make no difference. */
const NO_HOOK_AT_ALL = [
  `${OFF} GIT_CONFIG_COUNT=3`,
  ...['core.hooksPath=/', 'core.checkStat=minimal', 'core.trustctime=false'].map((one, index) =>
    one.replace(/(.*)=(.*)/, `GIT_CONFIG_KEY_${index}=$1 GIT_CONFIG_VALUE_${index}=$2`),
  ),
].join(' ');
/** Brings a refused act to its end without our hooks, or the clone back. */
const afterRefusal = ({ act, bypass }: Step) =>
  bypass
    ? `${OFF}; { ${act}; } || git commit -q --no-edit`
    : 'git merge --abort || git cherry-pick --quit; git reset -q --hard';
const dateOf = (step: number) => `@${1_790_000_000 + step * 60} +0000`;

/** The plan up to a step as one shell script, to be played again by hand. */
export function scriptOf({ begin, steps }: Plan, last = steps.length - 1): string {
  const played = steps.slice(0, last + 1).map((step, index) => {
    const act = `${dated(index)}\n{ ${step.act}\n}`;
    const [quiet, end] =
      index < last ? [' >/dev/null 2>&1', ` || { ${afterRefusal(step)}; }`] : ['', ''];
    return `echo '# step ${index}: ${step.folder}, ${step.kind}'
(cd "$W/${step.folder}"\n(${OFF}\n${step.setup}\n) >/dev/null 2>&1\n${act}${end}\n)${quiet}\n`;
  });
  const set = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  return `export W="$(mktemp -d)" LEASE='${LEASE}' HOOKS='${HOOKS}' ${set.join(' ')}
export HOME="$W"\ncd "$W"\n(${begin}\n)\n${played.join('')}`;
}

const dated = (step: number) =>
  `export GIT_AUTHOR_DATE='${dateOf(step)}' GIT_COMMITTER_DATE='${dateOf(step)}'`;

/** @param leftOut the families whose acts are not judged */
export async function play(plan: Plan, leftOut: readonly Family[]): Promise<Round> {
  const world = new World(leftOut);
  try {
    await world.shell('', plan.begin);
    for (const [index, step] of plan.steps.entries()) await world.step(step, index);
    return world.round;
  } finally {
    await rm(world.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class World {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'lazyspec fuzz-')));
  readonly round: Round = { figures: new Map(), failures: [] };
  readonly #leftOut: readonly Family[];
  #step = 0;
  #tags: Family[] = [];

  constructor(leftOut: readonly Family[]) {
    this.#leftOut = leftOut;
  }

  shell(folder: string, script: string): Promise<Ran> {
    const { PATH } = process.env;
    const env = { ...ENVIRONMENT, PATH, HOME: this.folder, W: this.folder, LEASE, HOOKS };
    return run('sh', ['-c', script], { cwd: join(this.folder, folder), env });
  }

  #git(folder: string, more: NodeJS.ProcessEnv = {}): Git {
    const env = { ...ENVIRONMENT, PATH: process.env.PATH, HOME: this.folder, ...more };
    return async (args, input = '') => {
      const ran = await run('git', args, { cwd: join(this.folder, folder), env, input });
      if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
      return ran.stdout;
    };
  }

  async step(step: Step, index: number): Promise<void> {
    this.#step = index;
    this.#tags = [];
    await this.shell(step.folder, `${OFF}\n${step.setup}`);
    if (step.kind === 'push') await this.#push(step);
    else if (step.kind !== 'setup') await this.#commit(step);
  }

  #count(what: string): void {
    this.round.figures.set(what, (this.round.figures.get(what) ?? 0) + 1);
  }

  #fail(what: string, details: unknown, { stderr }: Ran): void {
    const text = `${JSON.stringify(details)}\n${stderr}`;
    const tags = this.#tags.length > 0 ? ` (${this.#tags.join(', ')})` : '';
    this.round.failures.push({ what: what + tags, step: this.#step, details: text });
  }

  #isLeftOut(...tags: Family[]): boolean {
    this.#tags = tags;
    const tag = tags.find((one) => this.#leftOut.includes(one));
    if (tag) this.#count(`left out: ${tag}`);
    return tag !== undefined;
  }

  #leases(): Promise<Map<string, Lease>> {
    return leasesOn(this.#git('remote.git'));
  }

  /** A copy of the clone and its work tree that shares nothing with them but the remote. */
  async #twin({ folder }: Step): Promise<string> {
    const clone = folder === 'ben' ? 'ben' : 'ada';
    const moved = clone === 'ada' ? ' && sed -i s,/ada/,/twin/ada/, twin/ada.linked/.git' : '';
    await this.shell('', `rm -rf twin && mkdir twin && cp -a ${clone}* twin${moved}`);
    return join('twin', folder);
  }

  async #commit(step: Step): Promise<void> {
    const { folder, kind, act } = step;
    const git = this.#git(folder);
    const before = await headOf(git);
    const index = await git(['ls-files', '-s', '-z']);
    const workTree = this.#workTree(folder);
    const twin = await this.#twin(step);
    const asked =
      kind === 'plain commit' && (await this.shell(twin, 'node "$LEASE" gate --staged'));
    await this.shell(twin, `${NO_HOOK_AT_ALL}; ${dated(this.#step)}; ${act}`);
    const after = await headOf(this.#git(twin));
    const isNew = after !== undefined && after !== before && !(await has(git, after));

    let ids: string[] = [];
    if (isNew && kind !== 'free') {
      const there = this.#git(twin);
      const [start, end] = [await stateAt(there, before), await stateAt(there, after)];
      const rules = firstRules(start, end, workTree);
      const isElsewhere = differ(rules, rulesOf(workTree)) || differ(rules, rulesOf(end));
      if (rules?.isBroken || this.#isLeftOut(...(isElsewhere ? (['rules'] as const) : []))) {
        await this.shell(folder, `${OFF}; ${dated(this.#step)}; ${act}`);
        return;
      }
      const parents = await parentsOf(there, after);
      const from = before && !parents.includes(before) ? [before] : parents;
      const files = await differing(there, after, from);
      if (rules?.isGated) {
        const needs = await needsOf(there, { files, before: from, rules });
        const agent = folder === 'ben' ? 'ben' : 'ada';
        ids = lacking(needs, { agent, leases: await this.#leases(), rules });
        const isAnyHeld = needs.size > ids.length ? ', a document passes' : '';
        this.#count(`${kind}: ${ids.length > 0 ? 'refused' : `passed${isAnyHeld}`}`);
      } else this.#count(`${kind}: passed, without rules`);
      if (asked && (asked.status === 0) !== (ids.length === 0)) {
        this.#fail('gate --staged does not say what the commit needs', { ids, files }, asked);
      }
    } else this.#count(isNew ? 'free' : `${kind}: no commit`);

    const hooked = await this.shell(folder, `${dated(this.#step)}; ${act}`);
    const now = await headOf(git);
    if (ids.length === 0 && now !== after) {
      this.#fail(`a ${kind} that needs nothing did not pass`, { before, now, after }, hooked);
    } else if (ids.length > 0 && now !== before) {
      this.#fail(`a ${kind} passed that needs a lease`, { ids }, hooked);
    } else if (ids.length > 0) {
      if (String(refusedIds(hooked)) !== String(ids)) {
        this.#fail(`a ${kind} is refused for other documents`, { ids }, hooked);
      }
      if (kind !== 'merge' && (await git(['ls-files', '-s', '-z'])) !== index) {
        this.#fail(`a refused ${kind} changed the index`, { ids }, hooked);
      }
    }
    if (hooked.status !== 0)
      await this.shell(folder, `${dated(this.#step)}; ${afterRefusal(step)}`);
  }

  async #push({ folder, act }: Step): Promise<void> {
    const clone = folder === 'ben' ? 'ben' : 'ada';
    const dryRun = act.replace('git push', 'git push --dry-run --porcelain --no-verify');
    const { stdout } = await this.shell(folder, dryRun);
    const refs = await this.#refs('remote.git');
    const updates: Update[] = [];
    for (const [, flag, from, ref = ''] of stdout.matchAll(/^([ +*\-!=])\t(.*):(.*)\t/gm)) {
      if (flag === '!' || flag === '=') continue;
      const to = from && (await this.#git(folder)(['rev-parse', `${from}^{commit}`])).trim();
      updates.push({ ref, old: refs.get(ref), to: to || undefined });
    }
    const tracking = [...(await this.#refs(clone))].filter(([ref]) => /^refs\/remotes/.test(ref));
    const objects = join(this.folder, clone, '.git', 'objects');
    const question = {
      git: this.#git('remote.git', { GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects}"` }),
      ...{
        updates,
        refs,
        isMirror: act.includes('--mirror'),
        agent: clone,
        leases: await this.#leases(),
      },
      tracking: tracking.map(([, oid]) => oid),
    };
    const { ids, tags, unclear } = await judgePush(question);
    const families = new Set<Family>(tags);
    const own = rulesOf(this.#workTree(folder));
    for (const update of updates.filter(({ to }) => to)) {
      const start = firstRules(await rulesOfUpdate(question, update));
      if (differ(start, own)) families.add('rules');
    }
    if (this.#isLeftOut(...families)) {
      await this.shell(folder, 'git reset -q --hard origin/main');
      return;
    }
    const must = ids.length > 0 || tags.has('leases');

    const pushed = await this.shell(folder, act);
    const now = await this.#refs('remote.git');
    const isUpdated = ({ ref, old }: Update) => now.get(ref) !== old;
    const moved = updates.filter(isUpdated).length;
    if (unclear) return this.#count('push: not clear');
    if (updates.length === 0) return this.#count('push: nothing');
    this.#count(`push: ${must ? 'refused' : 'passed'}${tags.has('net') ? ' by the net rule' : ''}`);
    const details = { ids, updates, moved };
    if (must && moved > 0) this.#fail('a push passed that needs a lease', details, pushed);
    else if (!must && moved < updates.length) {
      this.#fail('a push that needs nothing did not pass', details, pushed);
    } else if (must && !tags.has('leases') && String(refusedIds(pushed)) !== String(ids)) {
      this.#fail('a push is refused for other documents', details, pushed);
    }
  }

  #workTree(folder: string): State {
    const read = (name: string) => {
      const path = join(this.folder, folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    };
    return { toml: read('.lazyspec.toml'), pkg: read('package.json') };
  }

  async #refs(folder: string): Promise<Map<string, string>> {
    const output = await this.#git(folder)(['for-each-ref', '--format=%(refname) %(objectname)']);
    const rows = output.split('\n').filter(Boolean);
    return new Map(rows.map((row) => row.split(' ') as [string, string]));
  }
}

/** What differs in JSON: `undefined` is no configuration. */
const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

async function headOf(git: Git): Promise<string | undefined> {
  const head = await git(['rev-parse', '--quiet', '--verify', 'HEAD']).catch(() => '');
  return head.trim() || undefined;
}

function has(git: Git, commit: string): Promise<boolean> {
  return git(['cat-file', '-e', commit]).then(
    () => true,
    () => false,
  );
}

function refusedIds({ stderr }: Ran): string[] {
  const ids = stderr.matchAll(/^(?:lazyspec-hooks: | *)(\S+): (?:document|your lease|its lease)/gm);
  return [...new Set([...ids].map(([, id = '']) => id))].sort();
}
