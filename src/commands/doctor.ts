/**
 * Looks at everything that has to be right for documents to be guarded, and proves that they are.
 * What is wrong is a finding, never an error; what depends on it is then said not to be checked.
 */
import { join } from 'node:path';
import type { Config, Coordination } from '../config/types.ts';
import { checkAgentHooks } from '../doctor/agent-hooks.ts';
import { checkWorkTrees } from '../doctor/agents.ts';
import { checkClock } from '../doctor/clock.ts';
import { checkConfiguration } from '../doctor/configuration.ts';
import type { Check, Finding } from '../doctor/finding.ts';
import { failed, notChecked, ok, warning } from '../doctor/finding.ts';
import { checkOtherTrees, hookFindings, hookStatus } from '../doctor/hooks-installed.ts';
import { checkGovernedNote, checkProgramNote } from '../doctor/notes.ts';
import { proveThatHooksFire } from '../doctor/proof.ts';
import { isScratch, removeOldScratch } from '../doctor/scratch.ts';
import { scratchDocument } from '../doctor/scratch-content.ts';
import { checkSwaps, PROBE_REFS, removeOldProbes } from '../doctor/swaps.ts';
import { checkTypes } from '../doctor/types.ts';
import { checkGit, checkNode } from '../doctor/versions.ts';
import { LazyspecError } from '../errors.ts';
import { readGitConfig } from '../git/config.ts';
import { remoteProblems } from '../git/fetch-refspecs.ts';
import { removeImportCrashes } from '../git/import-crash.ts';
import type { Git } from '../git/run.ts';
import { createGit } from '../git/run.ts';
import { withoutRepository, workTrees } from '../git/work-trees.ts';
import { HOOKS } from '../hook-names.ts';
import { MANAGERS } from '../install/choose-manager.ts';
import { openFiles } from '../install/files.ts';
import type { Place } from '../install/place.ts';
import { findPlace, hooksFolderOf } from '../install/place.ts';
import { wantedHooks } from '../install/wanted-hooks.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import { configuredAgent, findAgent } from './agent.ts';
import type { Context } from './context.ts';
import { createContext, once } from './context.ts';
import { knownLeases } from './held.ts';

export interface DoctorResult {
  /** All is well: nothing failed, and nothing is to be warned of. */
  ok: boolean;
  findings: Finding[];
}

/** @throws {LazyspecError} CANCELLED; nothing is left behind then */
export async function doctor(context: Context): Promise<DoctorResult> {
  const findings = [checkNode(process.versions.node)];
  // What is to be cleared away has to be cleared away after an interruption, too.
  const { signal: _, ...uninterrupted } = context.options;
  const cleaning = createContext(uninterrupted);
  const place = once(async () => {
    const repository = await context.repository();
    // A configuration that cannot be read is told of by itself.
    const hooks = await context.config().then(wantedHooks, () => HOOKS);
    return findPlace(context.git, repository, context.options.env, hooks);
  });
  const run: Run = { context, cleaning, findings, place };
  await examine(run, 'git-version', async () => [await checkGit(context.git)]);
  const isHere = await examine(run, 'repository', () => repository(context));
  if (isHere) {
    const config = await configuration(run);
    if (config) {
      await examine(run, 'types', async () => {
        return checkTypes(context.git, (await context.repository()).root, config);
      });
    }
    const known = await examine(run, 'agent', () => agents(context));
    if (!known) findings.push(notChecked('work-trees', 'it is not known who is asking'));
    await leases(run, config);
    await examine(run, 'hooks', () => hooks(run));
    await examine(run, 'program-note', () => notes(context));
    await examine(run, 'agent-hooks', async () => {
      return checkAgentHooks((await context.repository()).root, openFiles());
    });
    await proof(run, config);
  } else {
    findings.push(...IN_A_REPOSITORY.map((check) => notChecked(check, 'there is no repository')));
  }
  return { ok: findings.every(({ state }) => state === 'ok'), findings };
}

const ON_THE_REMOTE: readonly Check[] = ['clock', 'compare-and-swap'];
const OF_LEASES: readonly Check[] = ['ref-store', 'remote', ...ON_THE_REMOTE];
const IN_A_REPOSITORY: readonly Check[] = [
  ...(['configuration', 'agent', 'work-trees'] as const),
  ...OF_LEASES,
  ...(['hooks', 'program-note', 'governed-note', 'fires'] as const),
];

interface Run {
  context: Context;
  /** The same, but not cut off by a signal. */
  cleaning: Context;
  findings: Finding[];
  place: () => Promise<Place>;
}

/** Adds what a check finds; what it throws is a finding as well. @returns whether nothing failed */
async function examine(
  { context, findings }: Run,
  check: Check,
  look: () => Promise<readonly Finding[]>,
): Promise<boolean> {
  const found = await look().catch((error: unknown) => [thrown(check, error)]);
  // What git said when it was cut off means nothing.
  if (context.options.signal?.aborted) throw new LazyspecError('CANCELLED', 'interrupted');
  findings.push(...found);
  return found.every(({ state }) => state !== 'failed');
}

/** What a check could not do, as a finding; a bug stays one. */
function thrown(check: Check, error: unknown): Finding {
  if (error instanceof LazyspecError && error.code !== 'INTERNAL' && error.code !== 'CANCELLED') {
    const { message, remedy = 'Mend what it says, then run doctor again.', details } = error;
    return failed(check, message, remedy, details.length > 0 ? { details } : {});
  }
  const isFileSystems = error instanceof Error && 'syscall' in error;
  if (!isFileSystems) throw error;
  return failed(check, error.message, 'Mend what it says, then run doctor again.');
}

async function repository(context: Context): Promise<Finding[]> {
  const { root } = await context.repository();
  return [ok('repository', root)];
}

/** @returns the configuration, where something is gated by it */
async function configuration(run: Run): Promise<Config | undefined> {
  let config: Config | undefined;
  await examine(run, 'configuration', async () => {
    config = await run.context.config();
    return [checkConfiguration(config)];
  });
  return config?.coordination && config;
}

async function agents(context: Context): Promise<Finding[]> {
  const { options, git } = context;
  const { name, source } = await findAgent(options, context.gitConfig);
  const me = ok('agent', `you are ${name} (${source})`);
  const repository = await context.repository();
  const trees = (await workTrees(git, repository)).filter((path) => !isScratch(path));
  // Whoever is named by flag or environment is so in this session; others have their own.
  if (!source.startsWith('git config')) return [me, ok('work-trees', `named by ${source}`)];
  const known = trees.map(async (path) => {
    const theirs = await readGitConfig(gitIn(context, path));
    return { path, agent: configuredAgent(theirs)?.name };
  });
  return [me, checkWorkTrees(await Promise.all(known))];
}

async function leases(run: Run, config: Config | undefined): Promise<void> {
  const { context, findings } = run;
  const notAny = (checks: readonly Check[], why: string) =>
    findings.push(...checks.map((check) => notChecked(check, why)));
  if (!config?.coordination) {
    notAny(OF_LEASES, 'no configuration says where leases are kept');
    return;
  }
  const isThere = await examine(run, 'ref-store', async () => {
    const { backend, why } = await context.refStore();
    return [ok('ref-store', `refs through ${backend}: ${why}`)];
  });
  if (isThere) await remote(run, config.coordination);
  else notAny(['remote', ...ON_THE_REMOTE], 'nothing reads the refs of this clone');
}

async function remote(run: Run, coordination: Coordination): Promise<void> {
  const { context, cleaning, findings } = run;
  const reachable = await examine(run, 'remote', async () => {
    const engine = await context.engine();
    const { name } = engine.remote;
    context.progress(`asking '${name}'`);
    await engine.remote.fetch([LEASE_REFS, PROBE_REFS]);
    const views = (await knownLeases(context, true)).map(({ view }) => view);
    const held = views.filter((view) => view.state === 'held');
    const count = `${views.length} ${views.length === 1 ? 'lease' : 'leases'}`;
    const problems = remoteProblems(name, await context.gitConfig()).map((one) => {
      const state = one.losesLeases ? failed : warning;
      return state('remote', one.message, one.remedy, one.details ? { details: one.details } : {});
    });
    return [
      ...(problems.length > 0 ? problems : [ok('remote', `'${name}' answers, with ${count}`)]),
      checkClock(held, context.now(), coordination.maxClockSkew),
      ...(await removeOldProbes(engine, context.now())),
    ];
  });
  if (!reachable) {
    const why = `'${coordination.remote}' did not answer`;
    findings.push(...ON_THE_REMOTE.map((check) => notChecked(check, why)));
    return;
  }
  await examine(run, 'compare-and-swap', async () => {
    context.progress(`trying whether '${coordination.remote}' compares before it swaps`);
    return checkSwaps(await context.engine(), await cleaning.engine(), context.now());
  });
}

async function hooks({ context, place: found }: Run): Promise<Finding[]> {
  const repository = await context.repository();
  const place = await found();
  const trees = await workTrees(context.git, repository);
  const others = trees
    .filter((path) => path !== repository.root && !isScratch(path))
    .map(async (path) => ({ path, hooksFolder: await hooksFolderOf(gitIn(context, path), path) }));
  return [
    ...hookFindings(await hookStatus(place), place),
    ...checkOtherTrees(place, await Promise.all(others)),
  ];
}

async function notes(context: Context): Promise<Finding[]> {
  const { commonDir, root } = await context.repository();
  const folder = join(commonDir, 'lazyspec');
  return [checkProgramNote(folder, context.options.env), checkGovernedNote(folder, root)];
}

function gitIn({ options }: Context, tree: string): Git {
  return createGit({ ...options, env: withoutRepository(options.env), cwd: tree });
}

async function proof(run: Run, config: Config | undefined): Promise<void> {
  const { context, cleaning, findings } = run;
  const document = config && scratchDocument(config);
  if (!config || !document) {
    const why = config ? 'no file would be a document' : 'nothing is gated';
    findings.push(...HOOKS.map((hook) => notChecked('fires', why, { hook })));
    return;
  }
  await examine(run, 'fires', async () => {
    const { options, git } = context;
    const repository = await context.repository();
    const removed = await removeOldScratch(cleaning.git, repository);
    removeImportCrashes(repository.gitDir);
    const place = await run.place();
    const { hooksFolder } = place;
    const scriptFolders = MANAGERS.flatMap((one) => one.scriptFolders?.(place, openFiles()) ?? []);
    const hooksPathIsSet = (await context.gitConfig()).get('core.hookspath') !== undefined;
    const { env, signal } = options;
    const here = { repository, config, hooksFolder, scriptFolders, hooksPathIsSet };
    const settings = { ...here, env, git, signal };
    const proven = await proveThatHooksFire(
      { ...settings, cleaning: cleaning.git, document, now: context.now() },
      context.progress,
    );
    if (removed === 0) return proven;
    return [
      ok('leftovers', `removed ${removed} scratch work trees that earlier runs had left`),
      ...proven,
    ];
  });
}
