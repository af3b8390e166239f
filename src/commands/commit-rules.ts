/**
 * Which configuration judges a commit or a merge: the one in HEAD, so that nothing that is changed
 * beside a document takes the gate away. Where HEAD has none (with [coordination]), the one in the
 * index; where that has none, the one in the work tree, of a project that has just begun.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_CONFIG } from '../config/read-place.ts';
import type { Config } from '../config/types.ts';
import { LazyspecError } from '../errors.ts';
import { ownFiles } from '../git/files-at.ts';
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
  const names = ['HEAD:', ':'].flatMap((from) => PLACES.map((place) => `${from}${place}`));
  const [files, folder] = await Promise.all([ownFiles(git, names, MAX_CONFIG), root]);
  const head = files.slice(0, PLACES.length);
  const index = files.slice(PLACES.length);
  const isSame = head.every((file, place) => file?.oid === index[place]?.oid);
  const inHead = await rulesIn(head);
  const inIndex = isSame ? inHead : await rulesIn(index);
  assertReadable(inIndex, folder, '');
  const atHead = PLACES.map((path, place) => ({ path, oid: head[place]?.oid }));
  if (inHead.state === 'rules') {
    const { config, places } = inHead.rules;
    return { config, atHead: atHead.slice(0, places.length) };
  }
  if (inIndex.state !== 'rules') assertReadable(inHead, folder, 'HEAD: ');
  const config = inIndex.state === 'rules' ? inIndex.rules.config : await here();
  return { config, atHead, here: config.consulted };
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
