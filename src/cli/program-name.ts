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
  if (onPath(env.PATH ?? '')) return NAME;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', '.bin', NAME))) return `npx ${NAME}`;
    if (dirname(folder) === folder) return `npx --package lazyspec-hooks ${NAME}`;
  }
}

/** npm, npx and pre-commit put folders on the PATH of what they run, not on the reader's. */
function onPath(path: string): boolean {
  const folders = path
    .split(delimiter)
    .filter((folder) => folder && !/node_modules|\bnode_env-/.test(folder));
  return folders.some((folder) => isExecutable(join(folder, NAME)));
}
