/**
 * A git in front of the real one, that does wrong at one call: the n-th of its kind. Calls of one
 * command may be made at the same time, so that only their number within a kind is certain.
 *
 * It takes the place of git in a whole folder of git's programs ($GIT_EXEC_PATH): git puts that
 * folder in front of PATH for its hooks, and so our hook and all that it starts meet it as well.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../helpers/sandbox.ts';
import type { Fault } from './faults.ts';
import { FAULTS } from './faults.ts';

/** `<command> <n>`, such as `push 1`. What the shell hook asks itself is of the kind `hook.sh`. */
export type Call = string;

export interface Injected {
  call: Call;
  fault: Fault;
  /** The id that 'other ids' puts in the place of every id. */
  other: string;
}

export interface FaultyGit {
  /** Puts it in front, with one fault or none. */
  env(state: string, inject?: Injected): Record<string, string>;
}

export async function faultyGit(folder: string, env: NodeJS.ProcessEnv): Promise<FaultyGit> {
  const execPath = (await run('git', ['--exec-path'], { cwd: folder, env })).stdout.trim();
  const { stdout } = await run('sh', ['-c', 'command -v git'], { cwd: folder, env });
  const bin = join(folder, 'git-core');
  mkdirSync(bin, { recursive: true });
  for (const name of readdirSync(execPath)) {
    if (name !== 'git') symlinkSync(join(execPath, name), join(bin, name));
  }
  writeFileSync(join(bin, 'git'), script(stdout.trim()));
  chmodSync(join(bin, 'git'), 0o755);
  return {
    env(state, inject) {
      mkdirSync(state, { recursive: true });
      return {
        PATH: `${bin}:${env.PATH}`,
        GIT_EXEC_PATH: bin,
        FAULT_STATE: state,
        FAULT_CALL: inject?.call ?? '',
        FAULT: inject?.fault ?? '',
        FAULT_OTHER: inject?.other ?? '',
      };
    },
  };
}

/** The calls that were made, in no order that means anything. */
export function callsIn(state: string): Call[] {
  return readdirSync(state)
    .filter((name) => /^[a-z].* \d+$/.test(name))
    .sort();
}

export function wasInjected(state: string): boolean {
  return existsSync(join(state, '.injected'));
}

function script(real: string): string {
  const cases = Object.entries(FAULTS).map(([name, { does }]) => `'${name}') ${does} ;;`);
  return `#!/bin/sh
real() { '${real}' "$@"; }
case "$1 $2" in
'-c protocol.ext.allow=never') kind= skip=
  for word; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in -c) skip=1 ;; -*) ;; *) kind=$word; break ;; esac
  done
  kind=\${kind:-version} ;;
'diff-index --cached') kind=hook.sh ;; # not started by our program: by the hook itself
*) exec '${real}' "$@" ;; # git's own
esac
n=1
until (set -C; : >"$FAULT_STATE/$kind $n") 2>/dev/null; do n=$((n + 1)); done
[ "$kind $n" = "$FAULT_CALL" ] || exec '${real}' "$@"
: >"$FAULT_STATE/.injected"
out="$FAULT_STATE/.out"
case $FAULT in
${cases.join('\n')}
esac
`;
}
