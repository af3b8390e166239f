import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export interface GitVersion {
  major: number;
  minor: number;
}

/** The git that is run here; 0.0 where it prints no version that can be read. */
export async function gitVersion(git: Git): Promise<GitVersion> {
  const { stdout } = await mustRun(git, ['--version']);
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout.toString('utf8')) ?? [];
  return { major: Number(major), minor: Number(minor) };
}

export function isAtLeast(version: GitVersion, oldest: GitVersion): boolean {
  if (version.major !== oldest.major) return version.major > oldest.major;
  return version.minor >= oldest.minor;
}
