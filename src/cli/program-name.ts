import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isExecutable } from '../is-executable.ts';
import { packageRoot } from '../package-root.ts';
import { shellQuote } from '../shell-quote.ts';

const NAME = 'lazyspec-lease';

/** How the reader can call lazyspec-lease from where they are, and as who they are; to paste. */
export function leaseProgramName(
  cwd: string,
  env: NodeJS.ProcessEnv,
  { directory, agentId }: { directory?: string; agentId?: string },
): string {
  const options = [
    ...(directory ? ['-C', directory] : []),
    ...(agentId ? ['--agent-id', agentId] : []),
  ];
  return [programName(cwd, env), ...options.map(shellQuote)].join(' ');
}

/** By the lock file, as the package manager of the project runs programs. */
const RUNNERS = [
  ['pnpm-lock.yaml', 'pnpm exec'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bunx'],
  ['bun.lockb', 'bunx'],
] as const;

function programName(cwd: string, env: NodeJS.ProcessEnv): string {
  const path = env.PATH ?? '';
  if (onPath(NAME, path)) return NAME;
  const runner = packageRunner(cwd, path);
  return runner ? `${runner} ${NAME}` : `node ${programFile('lease.js')}`;
}

/** What runs a program of the packages here: the project's package manager, or npx; '' if neither can. */
function packageRunner(cwd: string, path: string): string {
  const folders = foldersAbove(cwd);
  const has = (name: string) => folders.some((folder) => existsSync(join(folder, name)));
  const isDependency = has(join('node_modules', '.bin', NAME)) || has('.pnp.cjs');
  const [, runner] = RUNNERS.find(([lock]) => isDependency && has(lock)) ?? [];
  if (runner !== undefined && onPath(runner.replace(/ .*/, ''), path)) return runner;
  if (!onPath('npx', path)) return '';
  return isDependency ? 'npx' : 'npx --package lazyspec-hooks';
}

function programFile(name: string): string {
  return shellQuote(join(packageRoot(), 'dist', name));
}

/** Texts advise `npx lazyspec-…`: the same as the reader can run it. */
export function inTheirWords(text: string, cwd: string, { PATH = '' }: NodeJS.ProcessEnv): string {
  return text.replaceAll(
    /npx (lazyspec-(hooks|lease))\b/g,
    (advice, name: string, short: string) => {
      const runner = packageRunner(cwd, PATH);
      if (runner.startsWith('npx')) return advice;
      return runner ? `${runner} ${name}` : `node ${programFile(`${short}.js`)}`;
    },
  );
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}

/** npm, npx and pre-commit put folders on the PATH of what they run, not on the reader's. */
function onPath(name: string, path: string): boolean {
  const folders = path
    .split(delimiter)
    .filter((folder) => folder && !/node_modules|\bnode_env-/.test(folder));
  return folders.some((folder) => isExecutable(join(folder, name)));
}
