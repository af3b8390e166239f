/**
 * Proves that git runs our hooks, through whatever manager is there: a commit, a merge and a push
 * that must be refused, in a scratch work tree.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import type { GitResult } from '../git/run.ts';
import { mustRun } from '../git/run.ts';
import type { Gate } from '../hook-names.ts';
import { HOOKS } from '../hook-names.ts';
import type { Finding } from './finding.ts';
import { failed, ok, warning } from './finding.ts';
import type { Judgement } from './probe-note.ts';
import { readProbeNote } from './probe-note.ts';
import type { Scratch, ScratchSettings } from './scratch.ts';
import { withScratch } from './scratch.ts';
import { documentText } from './scratch-commits.ts';

/** Milliseconds for one act with all of its hooks. */
const DEADLINE = 60_000;

/** What git does that a hook has to refuse. */
const ACTS: Record<Gate, (scratch: Scratch) => Promise<GitResult>> = {
  async 'pre-commit'({ git, quietly, path, document }) {
    writeFileSync(join(path, document), documentText({ 9: 'Changed without a claim' }));
    await mustRun(quietly, ['add', '--force', '--', document]);
    return git(['commit', '--message', 'probe'], { deadline: DEADLINE });
  },
  async 'pre-merge-commit'({ git, commits }) {
    const merge = ['merge', '--no-ff', '--no-edit', '--message', 'probe', commits.side];
    return git(merge, { deadline: DEADLINE });
  },
  async 'pre-push'({ git, remote }) {
    const push = ['push', '--no-recurse-submodules', remote, 'HEAD:refs/heads/probe'];
    return git(push, { deadline: DEADLINE });
  },
};

/**
 * @throws {LazyspecError} CANCELLED, GIT_FAILED; nothing is left behind then either
 */
export function proveThatHooksFire(
  settings: ScratchSettings,
  progress: (message: string) => void,
): Promise<Finding[]> {
  return withScratch(settings, async (scratch) => {
    const findings: Finding[] = [];
    for (const hook of HOOKS) {
      progress(`trying ${actOf(hook)}`);
      await mustRun(scratch.quietly, ['reset', '--quiet', '--hard', scratch.commits.head]);
      const result = await ACTS[hook](scratch);
      if (result.ended === 'cancelled') throw new LazyspecError('CANCELLED', 'interrupted');
      findings.push(judgeAct(hook, result, readProbeNote(scratch.note, hook), settings.env));
    }
    return findings;
  });
}

export function actOf(hook: Gate): string {
  return { 'pre-commit': 'a commit', 'pre-merge-commit': 'a merge', 'pre-push': 'a push' }[hook];
}

/** How an act that had to be refused went. */
export function judgeAct(
  hook: Gate,
  { ended, status, stderr, stdout }: Pick<GitResult, 'ended' | 'status' | 'stderr' | 'stdout'>,
  judgements: readonly Judgement[],
  env: NodeJS.ProcessEnv,
): Finding {
  const act = actOf(hook);
  const wentThrough = ended === 'exit' && status === 0;
  const said = `${stdout.toString('utf8')}\n${stderr}`.split('\n').filter((line) => line.trim());
  const more = { hook, details: said.slice(-8) };
  if (judgements.includes('refused')) {
    if (!wentThrough) return ok('fires', `${act} without a claim is refused by ${hook}`, { hook });
    return failed(
      'fires',
      `${hook} refused ${act}, and git went on all the same`,
      'Whatever runs the hook takes no notice of its exit status: take out what hides it, such as "|| true".',
      more,
    );
  }
  if (judgements.includes('pass')) {
    const message = `${hook} let ${act} pass that changes a document nobody has claimed`;
    return failed('fires', message, `${skipped(env)}Please report this.`, more);
  }
  if (wentThrough) {
    const remedy = skipped(env).trim() || 'npx lazyspec-hooks install';
    return failed('fires', `git ran no ${hook} hook of ours: ${act} went through`, remedy, {
      hook,
    });
  }
  const missing = said.find((line) => NO_VERDICT.test(line));
  if (missing) {
    return failed(
      'fires',
      `our ${hook} hook runs, and says: ${NO_VERDICT.exec(missing)?.[1]}`,
      'npx lazyspec-hooks install. Where a graphical client has another PATH, set it in ~/.config/lazyspec/init.sh.',
      more,
    );
  }
  const why =
    ended === 'deadline'
      ? `it did not end within ${DEADLINE / 1000} s`
      : 'it failed before our hook was asked';
  return warning(
    'fires',
    `it could not be proven that ${hook} refuses ${act}: ${why}`,
    'Mend what failed, or have our hook run before it; then run doctor again.',
    more,
  );
}

/** What hooks/hook.sh says where it cannot start the program, or that has said nothing. */
const NO_VERDICT = /lazyspec-hooks: ((?:Node|the program) (?:was not found|gave no answer))/;

/** Variables by which hooks are switched off, here as everywhere in this environment. */
const SWITCHES: Record<string, RegExp> = {
  LAZYSPEC_HOOKS: /^0$/,
  HUSKY: /^0$/,
  LEFTHOOK: /^(0|false)$/,
  SKIP: /lazyspec/,
  SKIP_SIMPLE_GIT_HOOKS: /^1$/,
};

function skipped(env: NodeJS.ProcessEnv): string {
  const set = Object.keys(SWITCHES).filter((name) => SWITCHES[name]?.test(env[name] ?? ''));
  return set
    .map((name) => `${name}=${env[name]} switches hooks off here: unset ${name}. `)
    .join('');
}
