/** The commit-msg hook: a commit that changes documents says which agent made it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { LazyspecError } from '../errors.ts';
import { isAmending } from '../git/amending.ts';
import { isEmptyMessage, withTrailer } from '../git/commit-message.ts';
import { filesOfCommits } from '../git/commits.ts';
import { stagedChange } from '../git/staged.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import { isGated } from './gate.ts';
import { TRAILER } from './required-agents.ts';

/**
 * Adds the trailer to the message in a file, where `[gate] trailer` asks for it. What the gate let
 * pass is not refused for this: what goes wrong is only told.
 * @param path of the file, as git hands it to the hook
 */
export async function addTrailer(called: Context, path: string | undefined): Promise<void> {
  try {
    const context = await called.forCommit();
    if (!(await isGated(context)) || !(await context.config()).gate.trailer) return;
    if (path === undefined) {
      throw new LazyspecError('USAGE', 'git names no file with the message');
    }
    if (!(await changesDocuments(context))) return;
    const { git } = context;
    const { cwd, env } = context.options;
    const file = resolve(cwd, path);
    const config = await context.gitConfig();
    // An empty message is how a commit is called off.
    if (await isEmptyMessage(git, readFileSync(file, 'utf8'), { env, config })) return;
    await withTrailer(git, file, `${TRAILER}: ${await context.agent()}`, { env, config });
  } catch (error) {
    if (error instanceof LazyspecError && error.code === 'CANCELLED') throw error;
    const { message } = error as Error;
    called.warn(`the commit has no ${TRAILER} trailer, and counts as its author's: ${message}`);
  }
}

async function changesDocuments(context: Context): Promise<boolean> {
  const { git } = context;
  const staged = await stagedChange(git, context.repository());
  if ((await changedDocuments(context, staged)).length > 0) return true;
  // With a message that is new, HEAD's own change needs its trailer once more.
  const amended = await isAmending(git, context.options.env, context.now());
  if (amended === undefined) return false;
  const { types } = await context.config();
  const files = await filesOfCommits(git, [amended], governedFolders(types));
  return files.some(({ path }) => identifyPath(path, types) !== undefined);
}
