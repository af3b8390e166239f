/** `lazyspec-hooks doctor`, run and read. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { DoctorResult } from '../../../src/commands/doctor.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import type { Clone, Ran, RunOptions } from '../../helpers/sandbox.ts';
import { files } from '../install/state.ts';

export interface Examined extends Ran {
  result: DoctorResult;
  /** State and message of the only finding of a check, or of the one about a hook. */
  of(check: Finding['check'], hook?: string): Finding | undefined;
  /** What is not ok, in short. */
  wrong: string[];
}

/** Runs doctor, and insists on the published shape: every finding that is not ok has a remedy. */
export async function examine(
  clone: Clone,
  options: RunOptions & { cwd?: string; args?: string[] } = {},
): Promise<Examined> {
  const ran = await clone.hooks(['doctor', '--json', ...(options.args ?? [])], options);
  const result = JSON.parse(ran.stdout) as DoctorResult;
  const wrong = result.findings
    .filter(({ state }) => state !== 'ok')
    .map(({ check, hook, state }) => [check, hook, state].filter(Boolean).join(' '));
  expect({ ok: result.ok, status: ran.status }).toEqual(
    wrong.length === 0 ? { ok: true, status: 0 } : { ok: false, status: 1 },
  );
  return {
    ...ran,
    result,
    wrong,
    of: (check, hook) =>
      result.findings.find((one) => one.check === check && (!hook || one.hook === hook)),
  };
}

/**
 * Everything that is known of a clone, to the byte, but for objects that nothing points at, and
 * for what any command may remember of leases.
 */
export async function everythingOf(clone: Clone): Promise<Record<string, string>> {
  // So that the index need not be refreshed later.
  await clone.git('status', '--porcelain');
  const common = await clone.git('rev-parse', '--path-format=absolute', '--git-common-dir');
  const all = files(clone.path, ...(common.startsWith(clone.path) ? [] : [common]));
  const kept = Object.entries(all).filter(
    ([path]) => !/\/objects\/|\/refs\/lazyspec\/leases\/|observed\.json$/.test(path),
  );
  return Object.fromEntries(kept);
}

/** The folder that doctor makes its scratch work trees in, and what is left there. */
export function temporaryFolder(clone: Clone): { env: { TMPDIR: string }; left: () => string[] } {
  const folder = clone.sandbox.folder;
  return {
    env: { TMPDIR: folder },
    left: () => readdirSync(folder).filter((name) => name.startsWith('lazyspec-doctor-')),
  };
}

export async function scratchRefs(clone: Clone): Promise<string[]> {
  const at = (folder: string) =>
    clone.sandbox.git(folder, 'for-each-ref', '--format=%(refname)', 'refs/lazyspec/probe');
  const both = await Promise.all([at(clone.path), at(clone.sandbox.remote)]);
  return both.join('\n').split('\n').filter(Boolean);
}

export function hookPath(clone: Clone, hook: string): string {
  return join(clone.path, '.git', 'hooks', hook);
}
