/** What `install` wrote down for the shell hook, in `<git common dir>/lazyspec`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isExecutable } from '../is-executable.ts';
import { nodeProblem, OLDEST_NODE } from '../node-version.ts';
import { damagedFiles, FILE_LIST, REINSTALL } from '../package-files.ts';
import { realPath } from '../real-path.ts';
import type { Finding } from './finding.ts';
import { failed, notChecked, ok, warning } from './finding.ts';
import { withoutNpm } from './scratch.ts';

const INSTALL = 'npx lazyspec-hooks install';
/** Milliseconds. */
const DEADLINE = 5_000;

/** Where Node and the program are: a hook that a graphical client runs may have no other way. */
export function checkProgramNote(folder: string, env: NodeJS.ProcessEnv): Finding {
  const check = 'program-note';
  const nodes = nodesOfHooks(folder, env);
  const used = nodes.find(({ version }) => nodeProblem(version) === undefined) ?? nodes[0];
  const { path = '', version = '' } = used ?? {};
  const problem = version && nodeProblem(version);
  if (problem) {
    const remedy = `Put Node ${OLDEST_NODE} or newer first on PATH, then run: ${INSTALL}`;
    return failed(check, `hooks use ${path}: ${problem}`, remedy);
  }
  const note = join(folder, 'program.sh');
  if (!existsSync(note)) {
    return warning(
      check,
      'it is not noted where Node and the program are: hooks find what is on PATH',
      INSTALL,
    );
  }
  const text = readFileSync(note, 'utf8');
  const node = assigned(text, 'lazyspec_node');
  const program = assigned(text, 'lazyspec_program');
  if (node === '' || program === '') return warning(check, `${note} is damaged`, INSTALL);
  const gone = [...(isExecutable(node) ? [] : [node]), ...(existsSync(program) ? [] : [program])];
  if (gone.length > 0) {
    const message = `what the hooks are to start is gone: ${gone.join(', ')}`;
    return warning(check, message, INSTALL);
  }
  const root = dirname(dirname(realPath(program)));
  // Earlier versions have no list of their files.
  const [damage] = existsSync(join(root, FILE_LIST)) ? damagedFiles(root) : [];
  if (damage) return failed(check, `the program that hooks start is damaged: ${damage}`, REINSTALL);
  const [first] = nodes;
  if (first && first !== used) {
    const why = `${nodeProblem(first.version)}: hooks try ${first.path} first, then ${path}`;
    return warning(check, why, INSTALL);
  }
  return ok(check, `hooks start ${program} with ${node}${version && ` (Node ${version})`}`);
}

/** Prints each Node that hooks/hook.sh may use, in its order, and its version. */
const FIND_NODES = `init=\${XDG_CONFIG_HOME:-\${HOME-}/.config}/lazyspec/init.sh
[ -f "$init" ] && . "$init" >/dev/null
lazyspec_node=
[ -r "$1/program.sh" ] && . "$1/program.sh"
set -f
IFS=:
for node in "$lazyspec_node" $PATH; do
  [ "$node" = "$lazyspec_node" ] || node=$node/node
  [ -f "$node" ] && [ -x "$node" ] && printf '%s\\n%s\\n' "$node" "$("$node" --version)"
done`;

interface Node {
  path: string;
  version: string;
}

/** The Nodes that hooks find: they use the first that is not too old. */
function nodesOfHooks(folder: string, env: NodeJS.ProcessEnv): Node[] {
  const args = ['-c', FIND_NODES, 'sh', folder];
  const options = { env: withoutNpm(env), timeout: DEADLINE, encoding: 'utf8' } as const;
  const { stdout } = spawnSync('sh', args, options);
  const found = [...(stdout ?? '').matchAll(/^(.*)\nv([0-9.]+)$/gm)];
  return found.map(([, path = '', version = '']) => ({ path, version }));
}

/** The value of `name=…` as the installer quotes it (shell-quote.ts). */
function assigned(text: string, name: string): string {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("'\\''", "'") : value;
}

/** Asked in the words of hooks/hook.sh: the configuration is still what the note was made from. */
const UNCHANGED =
  '. "$1/governed.sh" && [ "$(lazyspec_head 2>&1)" = "$lazyspec_at_head" ] && lazyspec_here "$1"';

/** @param root the top of the work tree, where hooks run */
export function checkGovernedNote(folder: string, root: string): Finding {
  const check = 'governed-note';
  if (!existsSync(join(folder, 'governed.sh'))) {
    const message = 'it is not noted what is governed: every commit and merge starts Node';
    return warning(check, message, INSTALL);
  }
  const args = ['-c', UNCHANGED, 'sh', folder];
  const asked = spawnSync('sh', args, { cwd: root, timeout: DEADLINE, stdio: 'ignore' });
  if (asked.error) return notChecked(check, `sh could not be run: ${asked.error.message}`);
  const fast = 'commits that touch no document start no Node';
  if (asked.status === 0) return ok(check, fast);
  return ok(
    check,
    `the next commit starts Node once, for HEAD has another configuration; then ${fast}`,
  );
}
