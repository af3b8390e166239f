/** The files that hook managers write into git's hooks folder, and having them written. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Hook } from '../hook-names.ts';
import { ALL_HOOKS } from '../hook-names.ts';
import { isExecutable } from '../is-executable.ts';
import type { RunStep, Step } from './apply.ts';
import { keptName } from './hook-file.ts';
import type { Place } from './place.ts';
import { findProgram } from './programs.ts';

/** Every hook that git knows. */
const GIT_HOOKS = [
  ...['applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit'],
  ...['prepare-commit-msg', 'commit-msg', 'post-commit', 'pre-rebase', 'post-checkout'],
  ...['post-merge', 'pre-push', 'pre-auto-gc', 'post-rewrite', 'sendemail-validate'],
  ...['fsmonitor-watchman', 'reference-transaction', 'post-index-change', 'push-to-checkout'],
  ...['p4-changelist', 'p4-prepare-changelist', 'p4-post-changelist', 'p4-pre-submit'],
  // The server's: lefthook and simple-git-hooks write those that are asked for.
  ...['pre-receive', 'update', 'proc-receive', 'post-receive', 'post-update'],
];

/** The hooks of ours that git hands to a manager, known by what it writes into its files. */
export function generatedHooks(place: Place, mark: RegExp): Hook[] {
  return ALL_HOOKS.filter((hook) => isGenerated(place, hook, mark));
}

/** Whether git hands any hook at all to a manager. */
export function isActive(place: Place, mark: RegExp): boolean {
  return GIT_HOOKS.some((hook) => isGenerated(place, hook, mark));
}

function isGenerated({ hooksFolder }: Place, hook: string, mark: RegExp): boolean {
  // Ours in front of it, chained, hands on as well.
  return [hook, keptName(hook)].some((name) => {
    const path = join(hooksFolder, name);
    return isExecutable(path) && mark.test(hookContent(path) ?? '');
  });
}

/**
 * Takes away what a manager that was killed has written and not yet made executable: it may find
 * its content right when it is run again, and leave it so.
 */
export function unfinishedSteps({ hooksFolder }: Place, mark: RegExp): Step[] {
  return GIT_HOOKS.map((hook) => join(hooksFolder, hook))
    .filter((path) => mark.test(hookContent(path) ?? '') && !isExecutable(path))
    .map((path): Step => ({ do: 'remove', path }));
}

export function hookContent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // none, or none that git could run
  }
}

/**
 * Has a manager write its files, where its program is to be had.
 * @param options.more what it writes besides the hooks, below the common git directory
 * @param options.hooks the only ones that it writes
 * @param options.cwd the folder of its configuration, where that is not the top of the work tree
 */
export function runStep(
  place: Place,
  name: string,
  args: readonly string[],
  {
    more = [],
    hooks,
    cwd = place.root,
  }: {
    more?: readonly string[];
    hooks?: readonly string[];
    cwd?: string;
  } = {},
): { run?: RunStep; notes?: string[] } {
  const program = findProgram(place, name);
  if (program === undefined) {
    return {
      notes: [`${name} was not found here. Once it is installed, run: ${name} ${args.join(' ')}`],
    };
  }
  const { hooksFolder, commonDir, env } = place;
  // What a manager writes is up to its whole configuration. The other names are those under which
  // it keeps a hook that was there before it.
  const written = hooks ?? GIT_HOOKS;
  const names = written.flatMap((hook) => [hook, `${hook}.legacy`, `${hook}.old`]);
  const touches = [
    ...[...new Set([...names, ...(hooks ? [] : namesIn(hooksFolder))])].map((hook) =>
      join(hooksFolder, hook),
    ),
    ...more.map((path) => join(commonDir, path)),
  ];
  // Where npm was called from means something to simple-git-hooks.
  const call = { program, args, cwd, env: { ...env, INIT_CWD: cwd } };
  const shown = [basename(program), ...args].join(' ');
  return { run: { do: 'run', path: hooksFolder, call, shown, touches } };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !/\.(sample|before-lazyspec)$/.test(entry.name))
      .map(({ name }) => name);
  } catch {
    return []; // no folder yet
  }
}
