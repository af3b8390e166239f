/**
 * What deleted branches were at: a branch that is created again is judged as moved from there. A
 * hidden ref for each keeps the commits; one whose deletion did not happen does no harm.
 */
import { createHash } from 'node:crypto';
import { createGit, mustRun } from '../git/run.ts';
import { OUR_REFS } from '../lease-refs.ts';

/** Below it `<hash of the branch's ref>/<seconds since 1970>`. */
export const DELETED_REFS = `${OUR_REFS}deleted/`;

/** Seconds. */
const KEPT = 30 * 24 * 3600;

/** Tips of deleted branches, by the refs that keep them. */
export type Deleted = ReadonlyMap<string, string>;

/** The last tip of a branch that was deleted not long ago. */
export function deletedTip(deleted: Deleted, ref: string, now: number): string | undefined {
  const prefix = prefixOf(ref);
  const times = [...deleted.keys()]
    .filter((kept) => kept.startsWith(prefix))
    .map(timeOf)
    .filter((time) => time >= now - KEPT);
  return times.length > 0 ? deleted.get(`${prefix}${Math.max(...times)}`) : undefined;
}

function prefixOf(ref: string): string {
  return `${DELETED_REFS}${createHash('sha1').update(ref).digest('hex')}/`;
}

function timeOf(kept: string): number {
  return Number(kept.slice(kept.lastIndexOf('/') + 1));
}

/** @param gone branches that a push deletes, with their tips */
export async function recordDeleted(
  options: { cwd: string; env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
  gone: readonly { ref: string; tip: string }[],
  deleted: Deleted,
  now: number,
): Promise<void> {
  // In the quarantine of a push git updates no ref; these tips have been here before.
  const {
    GIT_QUARANTINE_PATH: _path,
    GIT_OBJECT_DIRECTORY: _objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: _more,
    ...env
  } = options.env;
  const git = createGit({ ...options, env });
  const hidden = DELETED_REFS.slice(0, -1);
  const keys = await mustRun(git, ['config', '--get-all', 'transfer.hideRefs'], { alsoFine: [1] });
  if (!keys.stdout.toString().split('\n').includes(hidden)) {
    await mustRun(git, ['config', '--add', 'transfer.hideRefs', hidden]);
  }
  const old = [...deleted.keys()].filter((kept) => timeOf(kept) < now - KEPT);
  const lines = [
    ...gone.map(({ ref, tip }) => `update ${prefixOf(ref)}${now} ${tip}`),
    ...old.map((kept) => `delete ${kept}`),
  ];
  await mustRun(git, ['update-ref', '--stdin'], { input: `${lines.join('\n')}\n` });
}
