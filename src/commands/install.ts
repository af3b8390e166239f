/** Puts our hooks into whatever runs hooks here. */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { HOME, loadConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkTypes } from '../doctor/types.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { LazyspecError } from '../errors.ts';
import { remoteProblems } from '../git/fetch-refspecs.ts';
import { ALL_HOOKS } from '../hook-names.ts';
import type { Step } from '../install/apply.ts';
import { applySteps } from '../install/apply.ts';
import { chooseManager } from '../install/choose-manager.ts';
import { claudeCodeInstall } from '../install/claude-code.ts';
import { excludeSteps } from '../install/exclude.ts';
import type { FileEdit, Files } from '../install/files.ts';
import { editStep, openFiles } from '../install/files.ts';
import { hookCopies } from '../install/hook-copies.ts';
import { sweep } from '../install/leftovers.ts';
import { lintStagedInstall } from '../install/lint-staged.ts';
import { gitHooks } from '../install/managers/git.ts';
import type { ManagerName } from '../install/managers/manager.ts';
import { judgedLater } from '../install/managers/manager.ts';
import { BESIDE } from '../install/managers/pre-commit.ts';
import type { Place } from '../install/place.ts';
import { findPlace, lastingPackage } from '../install/place.ts';
import { saveScript } from '../install/prepare-script.ts';
import { programSteps } from '../install/program-note.ts';
import { extendRecord, recordSteps } from '../install/record.ts';
import { wantedHooks } from '../install/wanted-hooks.ts';
import { writeGovernedNote } from '../install/write-governed-note.ts';
import { assertWhole } from '../package-root.ts';
import { shellQuote } from '../shell-quote.ts';
import { readCommitRules } from './commit-rules.ts';
import type { Context } from './context.ts';
import type { ProposedConfiguration } from './first-configuration.ts';
import { configurationOf, proposeConfiguration, writtenMeanwhile } from './first-configuration.ts';
import { followLeases } from './follow-leases.ts';
import { endReadOnly } from './read-only.ts';
import { editsOfUninstall } from './uninstall.ts';

export interface InstallArguments {
  /** lint-staged: an entry of advice there, beside what `auto` finds. */
  manager?: ManagerName | 'auto' | 'lint-staged';
  /** Write package.json's `prepare` script as well. */
  save?: boolean;
  dryRun?: boolean;
  /** Make the configuration of a manager that is not set up here. */
  force?: boolean;
  /** A coding agent whose own hooks are to call ours as well. */
  agent?: 'claude-code';
  /**
   * Where there is no configuration: write one, or ask whether to, which is done only if documents
   * were recognised. Left out: do not even look.
   */
  configuration?: 'write' | 'propose' | ((proposal: ProposedConfiguration) => Promise<boolean>);
}

export interface Proposal extends ProposedConfiguration {
  /** Whether it is part of the plan. */
  agreed: boolean;
}

export interface InstallResult {
  /** Why nothing was looked at. */
  skipped?: string;
  manager?: ManagerName;
  /** What speaks for this manager. */
  because?: string;
  /** What was done, or with `dryRun` would be. */
  steps: Step[];
  hooksFolder?: string;
  /** The top of the work tree. */
  root?: string;
  /** What a first configuration would be, or is. */
  proposal?: Proposal;
  /** What the types govern. */
  types?: Finding[];
  /** What the reader has to know or do. */
  notes: string[];
}

/**
 * Makes git run the gate before each commit, merge and push of this clone.
 * @throws {LazyspecError} USAGE, CONFIG_INVALID, FILE_SYSTEM, MANAGER_FAILED; nothing is changed then
 */
export async function install(context: Context, args: InstallArguments): Promise<InstallResult> {
  const { env } = context.options;
  const skipped = await whyNot(context);
  if (skipped) return { skipped, steps: [], notes: [] };
  assertWhole();
  const repository = await context.repository();
  const { proposal, config } = await configurationFor(context, args, repository.root);
  const name = config.coordination?.remote;
  const problems = name ? remoteProblems(name, await context.gitConfig()) : [];
  const fatal = problems.find(({ losesLeases }) => losesLeases);
  // An install of packages does not fail for it.
  if (fatal && !byPackageManager(context)) throw new LazyspecError('USAGE', fatal.message, fatal);
  const place = await findPlace(context.git, repository, env, wantedHooks(config));
  const notes = join(place.commonDir, 'lazyspec');
  // What the hook reads is in the git directory of each, where they are linked (git-new-workdir).
  const folders = new Set([notes, join(repository.commonDir, 'lazyspec')]);
  if (!args.dryRun) sweep(place);
  const advice = args.manager === 'lint-staged';
  const asked = !args.manager || args.manager === 'lint-staged' ? 'auto' : args.manager;
  const { manager, presence } = await chooseManager(place, asked, args.force ?? false);

  const files = openFiles();
  const plan = await manager.install(place, files);
  const alone = await withoutOurGitHooks(place, files, manager.name);
  if (advice) lintStagedInstall(place, files, governedFolders(config.types));
  if (args.save) saveScript(place, files);
  if (args.agent) claudeCodeInstall(place, files);
  if (proposal?.agreed) files.edit(join(place.root, HOME), (text) => text ?? proposal.text);

  const later = await manager.later?.(place, files);
  const edits = files.edits();
  const touches = plan.run?.touches ?? [];
  const record = extendRecord(place.record, edits, touches, await editsOfUninstall(place));
  const steps: Step[] = [
    // What a hook needs comes before the hook.
    ...[...folders].flatMap((folder) => programSteps(folder, lastingPackage(place))),
    ...excludeSteps(join(place.commonDir, 'info', 'exclude')),
    ...(edits.length > 0 || touches.length > 0 ? recordSteps(notes, record) : []),
    ...(manager.name === 'git' ? [] : hookCopies(place)),
    ...(plan.steps ?? []),
    ...edits.map((edit) => editStep(edit, place.root)),
    // Before the manager writes its own files, which may have the same names.
    ...alone,
    ...(plan.run ? [plan.run] : []),
  ];
  // The hooks do not depend on it; doctor says why it cannot be known.
  const types = config.coordination
    ? await checkTypes(context.git, place.root, config).catch(unknownTypes)
    : [];
  if (!args.dryRun) {
    applySteps(steps);
    // Last, and not needed for a right answer: without it the hook is only slower.
    await noteGoverned(context, folders, place.root);
    if (config.comfort.readOnly) await followLeases(context);
    else await endReadOnly(context);
  }
  return {
    manager: manager.name,
    because: presence.because,
    steps,
    hooksFolder: place.hooksFolder,
    root: place.root,
    ...(proposal && { proposal }),
    types,
    notes: [
      ...(plan.notes ?? []),
      ...(later ? [`Our pre-commit does not run last: ${judgedLater(later)}`] : []),
      ...commitNote(place, edits),
      ...(proposal ? proposalNotes(context, proposal, args) : []),
      ...(config.coordination || proposal ? [] : [NOT_COORDINATED]),
      ...types.flatMap(({ message, remedy }) => (remedy ? [`${message}. ${remedy}`] : [])),
      ...problems.map(({ message, remedy }) => `${message}. ${remedy}`),
      ...(isPassing(place) ? [passing(place)] : []),
    ],
  };
}

async function noteGoverned(
  { git }: Context,
  folders: Iterable<string>,
  root: string,
): Promise<void> {
  const rules = await readCommitRules(git, Promise.resolve(root), () => loadConfig(root)).catch(
    (error) => {
      // Each commit will say so.
      if (error instanceof LazyspecError && error.code === 'CONFIG_INVALID') return undefined;
      throw error;
    },
  );
  if (rules) for (const folder of folders) writeGovernedNote(folder, rules);
}

const NOT_COORDINATED =
  'Nothing is gated yet: coordination is not configured; add a [coordination] section to .lazyspec.toml';

/** Nothing to say about the types, if only git did not answer. */
function unknownTypes(error: unknown): Finding[] {
  if (error instanceof LazyspecError && error.code === 'GIT_FAILED') return [];
  throw error;
}

/** A name of the remote that is a slip, or keeps leases where other clones do not see them. */
/** Where nothing else is npm's, its files are not wanted; the hooks find what is on PATH. */
function passing({ root }: Place): string {
  const how = existsSync(join(root, 'package.json')) ? '--save-dev' : '--global';
  return `This copy of lazyspec-hooks is in the cache of npx, which may be cleared: commits are refused then. Give the hooks one that stays: npm install ${how} lazyspec-hooks`;
}

/** The configuration that is there, or is to be; and where there is none, what could be. */
async function configurationFor(
  context: Context,
  { configuration, dryRun = false }: InstallArguments,
  root: string,
): Promise<{ config: Config; proposal?: Proposal }> {
  const config = await context.config();
  // Whoever installs packages has not asked for a file, and may not be there to answer.
  if (!configuration || byPackageManager(context)) return { config };
  const proposed = await proposeConfiguration(context);
  if (!proposed) return { config };
  const { types } = proposed;
  const agreed =
    configuration === 'write' ||
    (types.length > 0 &&
      (dryRun || (typeof configuration === 'function' && (await configuration(proposed)))));
  const meanwhile = await writtenMeanwhile(root);
  if (meanwhile) return { config: meanwhile };
  const proposal = { ...proposed, agreed };
  return { proposal, config: agreed ? configurationOf(proposed) : config };
}

/** What is to be done about the configuration, or with it. */
function proposalNotes(
  { program }: Context,
  { types, agreed }: Proposal,
  { configuration, dryRun }: InstallArguments,
): string[] {
  const INSTALL = 'npx lazyspec-hooks install --yes';
  if (!agreed) {
    const found = types.length > 0 ? `; documents were recognised in ${foldersOf(types)}` : '';
    return [`Nothing is gated yet: there is no configuration${found}. To write one: ${INSTALL}`];
  }
  if (dryRun) {
    return configuration === 'write'
      ? []
      : [`${HOME} is written only if you agree: on a terminal you are asked, else say ${INSTALL}`];
  }
  const [id = 'RFC-001'] = types.flatMap(({ examples }) => examples.map((example) => example.id));
  return [`Then claim a document before you change it: ${program} claim ${id}`];
}

/** In one line. */
const MOST_FOLDERS = 5;

function foldersOf(types: Proposal['types']): string {
  const folders = types.map(({ type }) => type.dir || 'the root');
  const more = folders.length - MOST_FOLDERS;
  return folders.slice(0, MOST_FOLDERS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A manager's configuration is for everybody; git's own is this clone's. */
function commitNote({ root, commonDir }: Place, edits: readonly FileEdit[]): string[] {
  const paths = edits
    .map(({ path }) => path)
    .filter((path) => path.startsWith(root + sep) && !path.startsWith(commonDir + sep))
    .map((path) => shellQuote(relative(root, path)));
  return paths.length > 0 ? [`Commit it for everybody: git add ${paths.join(' ')}`] : [];
}

/** Called by a package manager where there are no commits to guard. */
async function whyNot(context: Context): Promise<string | undefined> {
  const { env } = context.options;
  if (!byPackageManager(context)) return undefined;
  if (env.CI && !/^(0|false)$/i.test(env.CI)) return 'this is CI';
  if (/\bdev\b/.test(env.npm_config_omit ?? '') || env.NODE_ENV === 'production') {
    return 'development dependencies are left out';
  }
  return context.repository().then(
    () => undefined,
    (error: LazyspecError) => {
      if (error.code === 'NOT_A_REPOSITORY') return error.message;
      throw error;
    },
  );
}

/** Whether a package manager runs us while it installs. */
function byPackageManager({ options: { env } }: Context): boolean {
  // npm, pnpm, yarn and bun name the script that they run.
  if (env.npm_lifecycle_event === undefined || env.npm_command === 'exec') return false;
  return /^(prepare|(pre|post)?install|postprepare)$/.test(env.npm_lifecycle_event);
}

/** With a manager, what was once put straight into git would run a second time. */
async function withoutOurGitHooks(
  place: Place,
  files: Files,
  manager: ManagerName,
): Promise<readonly Step[]> {
  if (manager === 'git') return [];
  const beside = manager === 'pre-commit' || manager === 'prek' ? BESIDE : [];
  const hooks = ALL_HOOKS.filter((hook) => !beside.includes(hook));
  return (await gitHooks(hooks).uninstall(place, files)).steps ?? [];
}

function isPassing(place: Place): boolean {
  const local = join(place.root, 'node_modules', 'lazyspec-hooks', 'dist', 'hooks.js');
  return lastingPackage(place).split(sep).includes('_npx') && !existsSync(local);
}
