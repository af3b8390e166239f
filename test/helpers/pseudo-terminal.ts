/** A program on a terminal of its own, as a person sees it and types to it (`script` of util-linux). */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellQuote } from '../../src/shell-quote.ts';

/** Milliseconds until what is waited for on the screen is given up. */
const PATIENCE = 30_000;

export const HAS_PSEUDO_TERMINALS = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

export class PseudoTerminal {
  /** Everything written so far, with what steers the terminal. */
  written = '';
  /** The exit status of the program. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(
    command: readonly string[],
    { cwd, env, columns = 100 }: { cwd: string; env: NodeJS.ProcessEnv; columns?: number },
  ) {
    const line = `stty cols ${columns} rows 40; exec ${command.map(shellQuote).join(' ')}`;
    this.#child = spawn('script', ['-qfec', line, '/dev/null'], {
      cwd,
      env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.written += chunk.toString('utf8');
    });
    this.ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until something has been written. @returns what was written up to then */
  async until(wanted: string | RegExp, from = 0): Promise<string> {
    for (const start = Date.now(); Date.now() - start < PATIENCE; await sleep(20)) {
      const written = this.written.slice(from);
      if (typeof wanted === 'string' ? written.includes(wanted) : wanted.test(written)) {
        return written;
      }
    }
    throw new Error(`${wanted} was not written, but: ${JSON.stringify(this.written)}`);
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
