import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isExecutable } from '../is-executable.ts';
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

function programName(cwd: string, env: NodeJS.ProcessEnv): string {
  if (isOnPath(NAME, env)) return NAME;
  const isInstalled = nearest(cwd, [join('node_modules', '.bin', NAME), '.pnp.cjs']);
  const runner = packageRunner(cwd, env);
  return isInstalled || runner !== 'npx'
    ? `${runner} ${NAME}`
    : `npx --package lazyspec-hooks ${NAME}`;
}

const RUNNERS: readonly [lockFile: string, runner: string][] = [
  ['pnpm-lock.yaml', 'pnpm exec'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bunx'],
  ['bun.lockb', 'bunx'],
];

/** What runs a program of the project's packages for the reader: npx, unless that cannot. */
function packageRunner(cwd: string, env: NodeJS.ProcessEnv): string {
  if (nearest(cwd, ['.pnp.cjs'])) return 'yarn';
  if (isOnPath('npx', env)) return 'npx';
  const lock = nearest(
    cwd,
    RUNNERS.map(([file]) => file),
  );
  return RUNNERS.find(([file]) => file === lock)?.[1] ?? 'npx';
}

/** Texts advise `npx lazyspec-…`: the same for the package manager of this project. */
export function inTheirWords(text: string, cwd: string, env: NodeJS.ProcessEnv): string {
  if (!text.includes('npx lazyspec-')) return text;
  const runner = packageRunner(cwd, env);
  return runner === 'npx' ? text : text.replaceAll('npx lazyspec-', `${runner} lazyspec-`);
}

/** The first of some files in the nearest folder, from `cwd` up, that has one. */
function nearest(cwd: string, files: readonly string[]): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = files.find((file) => existsSync(join(folder, file)));
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

/** npm, npx and pre-commit put folders on the PATH of what they run, not on the reader's. */
function isOnPath(name: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  const folders = PATH.split(delimiter).filter(
    (folder) => folder && !/node_modules|\bnode_env-/.test(folder),
  );
  return folders.some((folder) => isExecutable(join(folder, name)));
}
