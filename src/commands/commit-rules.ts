/**
 * Which configuration judges a commit or a merge: the one in HEAD, so that nothing that is changed
 * beside a document takes the gate away. Where HEAD has none (with [coordination]), the one in the
 * index; where that has none, the one in the work tree, of a project that has just begun.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, parseHome } from '../config/load.ts';
import { MAX_CONFIG } from '../config/read-place.ts';
import type { Config } from '../config/types.ts';
import type { DocumentType } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import type { FileAt } from '../git/files-at.ts';
import { ownFiles } from '../git/files-at.ts';
import { readStaged } from '../git/read-contents.ts';
import { readRefs } from '../git/ref-files.ts';
import type { Repository } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import type { CommitRules } from '../install/governed-note.ts';
import type { RulesAt } from '../server/rules.ts';
import { PLACES, rulesIn } from '../server/rules.ts';

/**
 * @param here the configuration in the work tree
 * @throws {LazyspecError} CONFIG_INVALID for one in HEAD or the index that cannot be read
 */
export async function readCommitRules(
  git: Git,
  root: Promise<string>,
  here: () => Promise<Config>,
): Promise<CommitRules> {
  const at = (from: string) => PLACES.map((place) => `${from}${place}`);
  const names = ['HEAD:', ':', BASE].flatMap(at);
  const [files, folder] = await Promise.all([ownFiles(git, names, MAX_CONFIG), root]);
  const count = PLACES.length;
  const [head, index] = [files.slice(0, count), files.slice(count, 2 * count)];
  const inHead = await rulesIn(head);
  const rulesOf = (other: typeof files) => (isSame(head, other) ? inHead : rulesIn(other));
  const inIndex = await rulesOf(index);
  assertReadable(inIndex, folder, '');
  const atHead = PLACES.map((path, place) => ({ path, oid: head[place]?.oid }));
  if (inHead.state === 'rules') {
    const { config, places } = inHead.rules;
    const { remote } = config.coordination;
    const from = [USUAL, '.'].includes(remote) ? BASE : baseOf(remote);
    const base = from === BASE ? files.slice(2 * count) : await ownFiles(git, at(from), MAX_CONFIG);
    const inBase = await rulesOf(base);
    return {
      config,
      atHead: atHead.slice(0, places.length),
      elsewhere: { index: typesOf(inIndex, config), base: typesOf(inBase, config) },
      atBase: at(from)
        .map((name, place) => ({ name, oid: base[place]?.oid }))
        .slice(0, inBase.state === 'rules' ? inBase.rules.places.length : count),
    };
  }
  if (inIndex.state !== 'rules') assertReadable(inHead, folder, 'HEAD: ');
  const config = inIndex.state === 'rules' ? inIndex.rules.config : await here();
  return { config, atHead, here: config.consulted };
}

const USUAL = 'origin';
/** The default branch of a remote, as last fetched. */
const baseOf = (remote: string) => `refs/remotes/${remote}/HEAD:`;
const BASE = baseOf(USUAL);

function isSame(some: readonly (FileAt | undefined)[], others: typeof some): boolean {
  return some.every((file, place) => file?.oid === others[place]?.oid);
}

/** @returns undefined where they are the same as here */
function typesOf(there: RulesAt, here: Config): Config['types'] | undefined {
  if (there.state !== 'rules') return undefined;
  const { types } = there.rules.config;
  return JSON.stringify(types) === JSON.stringify(here.types) ? undefined : types;
}

/**
 * Whether HEAD is where the default branch of the remote is, and so has no other configuration. Only
 * files are read; where they do not say, it is not.
 */
function isAtBase({ gitDir, commonDir }: Repository, remote: string): boolean {
  const commit = (path: string) => {
    try {
      const content = readFileSync(path, 'utf8').trim();
      const [, ref = ''] = /^ref: (refs\/.+)$/.exec(content) ?? [];
      return ref ? readRefs({ commonDir }, [ref])?.get(ref) : content;
    } catch {
      return undefined; // there is none
    }
  };
  const head = commit(join(gitDir, 'HEAD'));
  return head !== undefined && head === commit(join(commonDir, 'refs/remotes', remote, 'HEAD'));
}

/** Types by which other branches may call a document by another name. */
export type Elsewhere = readonly (readonly DocumentType[])[];

/** Those that the rules of a commit are not of. */
export function elsewhereOf({ elsewhere: { index, base } = {} }: CommitRules): Elsewhere {
  return [index, base].filter((types) => types !== undefined);
}

/** The same for what is judged by the work tree: no process where HEAD is at the default branch. */
export async function readElsewhere(
  repository: Repository,
  remote = USUAL,
  commitRules: () => Promise<CommitRules>,
): Promise<Elsewhere> {
  if (isAtBase(repository, remote === '.' ? USUAL : remote)) return [];
  // A claim does not depend on a configuration in HEAD that cannot be read.
  const rules = await commitRules().catch(() => undefined);
  return rules ? [rules.config.types, ...elsewhereOf(rules)] : [];
}

/**
 * The configuration in the index, for a work tree that does not hold it (a sparse checkout, a file
 * deleted by mistake): a gate must not open because of that.
 */
export async function stagedConfig(git: Git): Promise<Config | undefined> {
  const content = await readStaged(git, HOME);
  return content && parseHome(`${HOME} in the index`, content);
}

function assertReadable(rules: RulesAt, root: string, where: string): void {
  if (rules.state !== 'broken') return;
  const { message, details, data } = rules.error;
  const file = String(data.file);
  // Of a link git has only where it leads; what is there the work tree tells.
  if (lstatSync(join(root, file), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new LazyspecError('CONFIG_INVALID', `${where}${message}`, {
    details,
    remedy: `Mend ${file}, stage it, and commit again.`,
    data,
  });
}
