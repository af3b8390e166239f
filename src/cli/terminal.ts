/**
 * The one writer to stdout and stderr: results on stdout, everything else on stderr, colour only
 * where a person sees it.
 */
import { printable } from './printable.ts';
import { inTheirWords } from './program-name.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
/** Colours a text, or leaves it alone. */
export type Paint = Record<Style, (text: string) => string>;

interface Stream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
}

export interface TerminalOptions {
  stdout: Stream;
  stderr: Stream;
  env: NodeJS.ProcessEnv;
  color: boolean;
  quiet: boolean;
}

/** Below this a person does not feel that anything is waited for; and how often it counts down. */
const PATIENCE = 1_000;

export interface Terminal {
  readonly quiet: boolean;
  /** Whether results go to a person. */
  readonly isTTY: boolean;
  readonly columns: number;
  /** Whether it shows more than ASCII, and in colour. */
  readonly rich: boolean;
  /** Paint for stdout. */
  paint(): Promise<Paint>;
  /** Paint for stderr. */
  errorPaint(): Promise<Paint>;
  result(line: string): void;
  message(line: string): void;
  /** Shows what is waited for, once it takes long; what says itself anew counts down. */
  progress(text: string | (() => string)): void;
  /** The same where a person looks; elsewhere a line, each time that it is another one. */
  waiting(line: string, live: () => string): void;
  /** Takes the progress line away. */
  settle(): void;
  /** Takes the whole terminal, until it is closed; undefined where nothing can be drawn. */
  screen(): Screen | undefined;
}

/** A picture that changes in place. What was on the terminal comes back after it. */
export interface Screen {
  /** As much of the lines as there is room for, and the footer below them. */
  draw(lines: readonly string[], footer: readonly string[]): void;
  close(): void;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, env, quiet } = options;
  const colours = options.color && !env.NO_COLOR && env.TERM !== 'dumb';
  const watched = Boolean(stderr.isTTY) && !quiet;
  let screen: Screen | undefined;
  let waiting: { say: () => string; timer: NodeJS.Timeout; shown?: string } | undefined;
  let lastLine: string | undefined;

  const show = () => {
    if (!waiting) return;
    const text = `${printable(waiting.say())} …`.slice(0, (stderr.columns || 80) - 1);
    if (text !== waiting.shown) stderr.write(`\r\u001b[K${text}`);
    waiting.shown = text;
  };
  const settle = () => {
    if (!waiting) return;
    clearInterval(waiting.timer);
    if (waiting.shown !== undefined) stderr.write('\r\u001b[K');
    waiting = undefined;
  };
  const progress = (text: string | (() => string)) => {
    if (!watched || screen) return;
    const say = typeof text === 'string' ? () => text : text;
    if (waiting) waiting.say = say;
    else waiting = { say, timer: setInterval(show, PATIENCE).unref() };
    if (waiting.shown !== undefined) show();
  };

  return {
    quiet,
    isTTY: Boolean(stdout.isTTY),
    // A terminal may not know its width, and says 0.
    get columns() {
      return stdout.columns || 80;
    },
    rich: colours && Boolean(stdout.isTTY) && isUtf8(env),
    paint: () => loadPaint(colours && Boolean(stdout.isTTY)),
    errorPaint: () => loadPaint(colours && Boolean(stderr.isTTY)),
    result(line) {
      settle();
      stdout.write(`${inTheirWords(line, process.cwd(), env)}\n`);
    },
    message(line) {
      settle();
      stderr.write(`${inTheirWords(line, process.cwd(), env)}\n`);
    },
    progress,
    waiting(line, live) {
      if (stderr.isTTY) progress(live);
      else if (!quiet && line !== lastLine) stderr.write(`${printable(line)}\n`);
      lastLine = line;
    },
    settle,
    screen() {
      if (!stdout.isTTY || env.TERM === 'dumb') return undefined;
      settle();
      screen = openScreen(stdout, () => {
        screen = undefined;
      });
      return screen;
    },
  };
}

/** By the variable that counts, as locale(7) has it. */
function isUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

function openScreen(stdout: Stream, closed: () => void): Screen {
  const restore = () => stdout.write('\u001b[?25h\u001b[?1049l');
  process.once('exit', restore); // a second signal does not wait
  stdout.write('\u001b[?1049h\u001b[?25l');
  return {
    draw(lines, footer) {
      const room = (stdout.rows || 24) - footer.length - 1;
      const more = `… ${lines.length - room + 1} more`;
      const body = lines.length <= room ? lines : [...lines.slice(0, room - 1), more];
      // Over what is there: to clear it first would flicker.
      const shown = [...body, ...footer].map((line) => `${line}\u001b[K\n`);
      stdout.write(`\u001b[H${shown.join('')}\u001b[J`);
    },
    close() {
      process.off('exit', restore);
      restore();
      closed();
    },
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
