/**
 * What git itself says that it did: its own trace of every process, nothing estimated. The format for
 * people (git-trace2 api, GIT_TRACE2_PERF), because the program asks some of its calls for the other
 * one, and that would leave them out.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Traced {
  /** Processes of git that we started, by subcommand, in the order in which they began. */
  processes: string[];
  /** With those that git started itself on this machine: at both ends of a remote on a path. */
  all: number;
  /** How often a process that we started has spoken to a remote. */
  connections: number;
}

/** Has every git below note what it does, each in a file of its own. */
export function traceGit(folder: string): {
  env: Record<string, string>;
  read: () => Traced;
  dispose: () => void;
} {
  const target = mkdtempSync(join(folder, 'trace-'));
  return {
    env: { GIT_TRACE2_PERF: target },
    // Named by the time at which they began.
    read: () =>
      summary(
        readdirSync(target)
          .sort()
          .map((name) => rowsIn(join(target, name))),
      ),
    dispose: () => rmSync(target, { recursive: true, force: true }),
  };
}

interface Row {
  /** `d0` where no other git started it. */
  depth: string;
  event: string;
  said: string;
}

/** `<where> | <depth> | <thread> | <event> | <repository> | <time> | <time> | <category> | <said>` */
function rowsIn(path: string): Row[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [, depth = '', , event = '', , , , , ...said] = line.split('|').map((one) => one.trim());
    return { depth, event, said: said.join('|') };
  });
}

function summary(files: Row[][]): Traced {
  const started = files.filter((rows) => rows.some(({ event }) => event === 'start'));
  const ours = started.filter(([first]) => first?.depth === 'd0');
  const spoke = ours.filter((rows) => rows.some(({ said }) => /negotiated-version:/.test(said)));
  return {
    processes: ours.map((rows) => subcommand(rows.find(({ event }) => event === 'start')?.said)),
    all: started.length,
    connections: spoke.length,
  };
}

/** `git -c 'a=b c' fetch …` is `fetch`. */
function subcommand(commandLine = ''): string {
  const [, ...words] = commandLine.match(/'(?:[^']|'\\'')*'|\S+/g) ?? [];
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '-c' || words[i] === '-C') i++;
    else if (!words[i]?.startsWith('-')) return words[i] ?? '';
  }
  return words[0] ?? '';
}
