/**
 * The one writer to stdout and stderr: results on stdout, everything else on stderr, colour only
 * where a person sees it.
 */
import { printable } from './printable.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
/** Colours a text, or leaves it alone. */
export type Paint = Record<Style, (text: string) => string>;

interface Stream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

export interface TerminalOptions {
  stdout: Stream;
  stderr: Stream;
  env: NodeJS.ProcessEnv;
  color: boolean;
  quiet: boolean;
}

/** Below this a person does not feel that anything is waited for. */
const PATIENCE = 1_000;

export interface Terminal {
  readonly quiet: boolean;
  /** Whether results go to a person. */
  readonly isTTY: boolean;
  readonly columns: number;
  /** Paint for stdout. */
  paint(): Promise<Paint>;
  /** Paint for stderr. */
  errorPaint(): Promise<Paint>;
  result(line: string): void;
  message(line: string): void;
  /** Shows what is waited for, once it takes long. */
  progress(text: string): void;
  /** Takes the progress line away. */
  settle(): void;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, env, quiet } = options;
  const colours = options.color && !env.NO_COLOR && env.TERM !== 'dumb';
  const watched = Boolean(stderr.isTTY) && !quiet;
  let waiting: { text: string; timer: NodeJS.Timeout | undefined } | undefined;

  const show = () => {
    if (!waiting) return;
    waiting.timer = undefined;
    const text = `${waiting.text} …`.slice(0, (stderr.columns || 80) - 1);
    stderr.write(`\r\u001b[K${text}`);
  };
  const settle = () => {
    if (!waiting) return;
    if (waiting.timer) clearTimeout(waiting.timer);
    else stderr.write('\r\u001b[K');
    waiting = undefined;
  };

  return {
    quiet,
    isTTY: Boolean(stdout.isTTY),
    // A terminal may not know its width, and says 0.
    columns: stdout.columns || 80,
    paint: () => loadPaint(colours && Boolean(stdout.isTTY)),
    errorPaint: () => loadPaint(colours && Boolean(stderr.isTTY)),
    result(line) {
      settle();
      stdout.write(`${line}\n`);
    },
    message(line) {
      settle();
      stderr.write(`${line}\n`);
    },
    progress(text) {
      if (!watched) return;
      if (!waiting) waiting = { text: '', timer: setTimeout(show, PATIENCE).unref() };
      waiting.text = printable(text);
      if (!waiting.timer) show();
    },
    settle,
  };
}

const plain = (text: string) => text;
const PLAIN: Paint = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
};

/** chalk is loaded only where there is something to colour. */
async function loadPaint(coloured: boolean): Promise<Paint> {
  if (!coloured) return PLAIN;
  const { Chalk } = await import('chalk');
  // We have looked at the terminal ourselves; 16 colours follow the reader's own theme.
  return new Chalk({ level: 1 });
}
