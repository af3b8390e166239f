/** A program on a terminal of its own, and somebody who types. */
import { spawnSync } from 'node:child_process';
import type { Sandbox } from './sandbox.ts';
import { run } from './sandbox.ts';

export interface Seen {
  status: number | null;
  /** All that the terminal showed. */
  screen: string;
}

/** Whether there is the program that makes terminals. */
export function hasTerminals(): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return /util-linux/.test(stdout ?? '');
}

/** Keys, or what is done before they are pressed. */
export type Typed = string | (() => string);

/**
 * @param typed what is typed each time the words appear: `\u0003` is Ctrl-C, `\u0004` Ctrl-D
 * @param command for sh
 */
export async function atTerminal(
  { env }: Pick<Sandbox, 'env'>,
  cwd: string,
  command: string,
  words: string,
  typed: readonly Typed[],
): Promise<Seen> {
  const answers = [...typed];
  let seen = '';
  // It makes the terminal, and passes on what it reads; killed if the program waits for more.
  const args = ['--kill-after=5', '30', 'script', '-qefc', command, '/dev/null'];
  const ran = await run('timeout', args, {
    cwd,
    env: { ...env, SHELL: '/bin/sh' },
    keepInput: true,
    started: ({ stdout, stdin }) => {
      stdout?.on('data', (chunk: Buffer) => {
        seen += chunk.toString('utf8');
        if (!seen.includes(words)) return;
        seen = '';
        const answer = answers.shift();
        if (answer !== undefined) stdin?.write(typeof answer === 'function' ? answer() : answer);
      });
    },
  });
  return { status: ran.status, screen: ran.stdout.replaceAll('\r\n', '\n') };
}
