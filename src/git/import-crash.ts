/** `git fast-import` leaves a crash report in the git directory if its input ends early (git-fast-import(1)). */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf } from './answer.ts';
import type { Git, GitResult } from './run.ts';
import { gitFailed, isFine, mustRun } from './run.ts';

/** The branch that leases and doctor's commits are written on; git never creates it. */
export const IMPORT_BRANCH = 'refs/lazyspec/unborn';

const REPORT = /fast_import_crash_\d+/;

/** Runs `git fast-import` and removes its crash report if it fails. @throws as `mustRun` */
export async function fastImport(git: Git, input: string | Buffer): Promise<GitResult> {
  const result = await git(['fast-import', '--quiet', '--done'], { input });
  const [report] = REPORT.exec(result.stderr) ?? [];
  if (report !== undefined) {
    const args = ['rev-parse', '--path-format=absolute', '--git-path', report];
    rmSync(lineOf('rev-parse', (await mustRun(git, args)).stdout), { force: true });
  }
  if (isFine(result)) return result;
  throw gitFailed(['fast-import'], result);
}

/** Removes our reports from a git directory: those of processes that were killed. */
export function removeImportCrashes(gitDir: string): void {
  for (const name of readdirSync(gitDir).filter((one) => REPORT.test(one))) {
    const path = join(gitDir, name);
    if (readFileSync(path, 'utf8').includes(IMPORT_BRANCH)) rmSync(path, { force: true });
  }
}
