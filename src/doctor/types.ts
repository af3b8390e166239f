/** What each type governs, counted in tracked files; and the types that govern nothing by mistake. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { normalise } from '../config/normalise.ts';
import type { Config } from '../config/types.ts';
import type { DocumentType } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { fieldsOf } from '../git/answer.ts';
import { pathspec } from '../git/pathspec.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';
import type { Entry } from './empty-type.ts';
import {
  CHECK,
  counted,
  isBelow,
  isOwn,
  LINK,
  linkedFolder,
  targetOf,
  whyEmpty,
} from './empty-type.ts';
import type { Finding, GovernedType } from './finding.ts';
import { ok, warning } from './finding.ts';

/**
 * One ok finding for the types that are as they should be, and one for each other type.
 * @param root the top of the work tree
 */
export async function checkTypes(git: Git, root: string, config: Config): Promise<Finding[]> {
  const types = config.types.filter(({ store }) => store === 'filesystem');
  if (types.length === 0) return [];
  const tracked = await trackedEntries(git, governedFolders(types), types);
  const governs = new Map(types.map((type) => [type, governedBy(type, tracked)]));
  const empty = types.filter((type) => !tracked.some((entry) => isOwn(entry, type, type.dir)));
  const wrong = new Map<DocumentType, Finding>();
  const notes = new Map<DocumentType, string>();
  const hasLinks = tracked.some(({ path, mode }) => mode === LINK && targetOf(root, path));
  if (empty.length > 0 || hasLinks) {
    // Files that are not added yet show what exists, so that a slip is found before the first commit.
    const all = [...(await trackedEntries(git, [''], types)), ...(await untracked(git, types))];
    const isDefault = JSON.stringify(config.types) === JSON.stringify(normalise({}).types);
    const isLenient = isDefault && empty.length < types.length;
    const survey = { root, config, types, all, isLenient };
    for (const type of types) {
      const why = empty.includes(type) ? whyEmpty(type, survey) : undefined;
      const found = why ?? linkedFolder(type, survey);
      if (found) wrong.set(type, found);
    }
    const quiet = empty.filter((type) => !wrong.has(type));
    for (const type of await ignored(git, quiet)) wrong.set(type, ignoredFinding(type));
    for (const type of quiet) notes.set(type, emptiness(type, root, all));
  }
  const finding = (found: Finding, about: readonly DocumentType[]) => {
    return { ...found, governs: about.flatMap((type) => governs.get(type) ?? []) };
  };
  const right = types.filter((type) => !wrong.has(type));
  const lines = right.map((type) => line(governs.get(type), notes.get(type)));
  const [only = '', ...more] = lines;
  const summary = more.length > 0 ? ok(CHECK, inAll(governs), { details: lines }) : ok(CHECK, only);
  return [
    ...(right.length > 0 ? [finding(summary, right)] : []),
    ...[...wrong].map(([type, found]) => finding(found, [type])),
  ];
}

async function trackedEntries(
  git: Git,
  folders: readonly string[],
  types: readonly DocumentType[],
): Promise<Entry[]> {
  const args = ['ls-files', '-z', '--full-name', '--stage', '--', ...folders.map(pathspec)];
  const fields = fieldsOf('ls-files', (await mustRun(git, args)).stdout);
  // A path in conflict is listed several times.
  const modes = new Map(
    fields.map((field) => [field.slice(field.indexOf('\t') + 1), field.slice(0, LINK.length)]),
  );
  return [...modes].map(([path, mode]) => ({ path, mode, document: identifyPath(path, types) }));
}

async function untracked(git: Git, types: readonly DocumentType[]): Promise<Entry[]> {
  const args = ['ls-files', '-z', '--full-name', '--others', '--exclude-standard', '--', ':/'];
  const paths = fieldsOf('ls-files', (await mustRun(git, args)).stdout);
  return paths.map((path) => ({ path, mode: undefined, document: identifyPath(path, types) }));
}

function governedBy({ name, dir, prefix }: DocumentType, tracked: readonly Entry[]): GovernedType {
  const ids = tracked.flatMap(({ document }) => (document?.type === name ? [document.id] : []));
  return { name, dir: dir || '.', prefix, documents: new Set(ids).size, files: ids.length };
}

/** The types whose documents git ignores. */
async function ignored(git: Git, types: readonly DocumentType[]): Promise<DocumentType[]> {
  if (types.length === 0) return [];
  const paths = types.map(({ dir, prefix }) => `:/${dir ? `${dir}/` : ''}${prefix}-1.md`);
  const input = paths.map((path) => `${path}\0`).join('');
  const args = ['check-ignore', '-z', '--stdin'];
  const { stdout } = await mustRun(git, args, { input, alsoFine: [1] });
  const found = new Set(fieldsOf('check-ignore', stdout));
  return types.filter((_, index) => found.has(paths[index] ?? ''));
}

function ignoredFinding({ name, dir }: DocumentType): Finding {
  const message = `${name} governs no file in ${dir || '.'}: git ignores them, so no commit has them`;
  return warning(CHECK, message, 'Take them out of .gitignore, or remove the type.');
}

/** What there is in the folder of a type that governs nothing there. */
function emptiness(type: DocumentType, root: string, all: readonly Entry[]): string {
  const { dir } = type;
  const here = all.filter(({ path }) => isBelow(path, dir));
  const waiting = all.filter((entry) => isOwn(entry, type, dir)).length;
  if (waiting > 0) return `no documents yet; ${counted(waiting, 'file')} not added to git`;
  if (here.length > 0) return 'no documents yet';
  return existsSync(join(root, dir)) ? 'the folder is empty' : 'the folder does not exist yet';
}

function inAll(governs: ReadonlyMap<DocumentType, GovernedType>): string {
  const sum = (key: 'documents' | 'files') =>
    [...governs.values()].reduce((total, one) => total + one[key], 0);
  return `${counted(sum('documents'), 'document')} in ${counted(sum('files'), 'file')}`;
}

/** @param note there if there is nothing in the type's own folder */
function line(governed: GovernedType | undefined, note: string | undefined): string {
  const { name, dir, documents, files } = governed ?? { name: '', dir: '', documents: 0, files: 0 };
  const count = `${counted(documents, 'document')} in ${counted(files, 'file')}`;
  if (documents === 0) return `${name} in ${dir}: ${note}`;
  return `${name} in ${dir}: ${count}${note ? ', in folders of other types' : ''}`;
}
