/**
 * A git in front of the real one that sends a signal to our program, its parent, at the start or
 * the end of one of its calls.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../../helpers/sandbox.ts';

/** One call of git: the n-th of a subcommand. Calls of several go on at once, in no order. */
export interface Step {
  call: string;
  nth: number;
  at: 'start' | 'end';
}

export type Signal = 'KILL' | 'INT' | 'TERM' | 'STOP';

export class SignallingGit {
  /** To be put first on PATH. */
  readonly folder: string;
  readonly #notes: string;

  constructor(sandbox: Sandbox) {
    this.#notes = mkdtempSync(join(sandbox.folder, 'calls-'));
    const { PATH } = sandbox.shadow('git', script(this.#notes, sandbox.env.PATH ?? ''));
    this.folder = PATH.split(':')[0] ?? '';
  }

  /**
   * @param meanwhile shell commands that are carried out while our program is stopped
   */
  env(step?: Step, signal?: Signal, meanwhile = ''): Record<string, string> {
    for (const name of readdirSync(this.#notes)) rmSync(join(this.#notes, name));
    return {
      ...(step && { FAULT_CALL: `${step.call} ${step.nth}`, FAULT_AT: step.at }),
      ...(signal && { FAULT_SIGNAL: signal }),
      FAULT_MEANWHILE: meanwhile,
    };
  }

  /** Every start and end of a call since `env` was last asked for. */
  steps(): Step[] {
    return readdirSync(this.#notes)
      .sort()
      .filter((name) => !name.startsWith('fault-'))
      .flatMap((call) => {
        const calls = readFileSync(join(this.#notes, call), 'utf8').length;
        return Array.from({ length: calls }, (_, index) => index + 1).flatMap((nth) => [
          { call, nth, at: 'start' as const },
          { call, nth, at: 'end' as const },
        ]);
      });
  }

  /** Whether the signal was sent; waits until whoever sent it has ended. */
  async struck(): Promise<boolean> {
    if (!existsSync(join(this.#notes, 'fault-begun'))) return false;
    const wrapper = Number(readFileSync(join(this.#notes, 'fault-begun'), 'utf8'));
    while (isRunning(wrapper)) await sleep(10);
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * After SIGINT and SIGTERM the call hangs: our program has to end it. After SIGKILL nobody waits
 * for its end: at the start of a call it is left out, as where the whole machine went down.
 */
function script(notes: string, path: string): string {
  return `#!/bin/sh
PATH='${path}'
skip=
for word; do
  case $word in -c) skip=1 ;; -*) ;; *) [ -n "$skip" ] && skip= && continue; break ;; esac
done
printf . >>'${notes}'/"$word"
strike() {
  echo $$ >'${notes}/fault-begun'
  kill -"$FAULT_SIGNAL" $PPID
  case $FAULT_SIGNAL in
  STOP)
    (eval "$FAULT_MEANWHILE") >/dev/null 2>&1
    kill -CONT $PPID ;;
  KILL) exit 137 ;;
  *) sleep 20 ;;
  esac
}
if [ "$FAULT_CALL" = "$word $(($(wc -c <'${notes}'/"$word")))" ]; then
  [ "$FAULT_AT" = start ] && strike
  git "$@"
  status=$?
  [ "$FAULT_AT" = end ] && strike
  exit $status
fi
exec git "$@"
`;
}
