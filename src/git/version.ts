import { lineOf, oddAnswer } from './answer.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export interface GitVersion {
  major: number;
  minor: number;
}

/** The git that is run here. */
export async function gitVersion(git: Git): Promise<GitVersion> {
  const { stdout } = await mustRun(git, ['--version']);
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(lineOf('--version', stdout)) ?? [];
  if (major === undefined || minor === undefined) throw oddAnswer('--version');
  return { major: Number(major), minor: Number(minor) };
}

export function isAtLeast(version: GitVersion, oldest: GitVersion): boolean {
  if (version.major !== oldest.major) return version.major > oldest.major;
  return version.minor >= oldest.minor;
}
