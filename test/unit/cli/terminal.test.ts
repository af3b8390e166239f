import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Terminal, TerminalOptions } from '../../../src/cli/terminal.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';

const CLEAR = '\r\u001b[K';
const RED = '\u001b[31mx\u001b[39m';

function terminalOn(
  options: Partial<Pick<TerminalOptions, 'env' | 'color' | 'quiet'>> = {},
  { out = true, err = true, columns = 80, rows = 24 } = {},
): { terminal: Terminal; stdout: string[]; stderr: string[] } {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const terminal = createTerminal({
    stdout: { write: (text) => stdout.push(text), isTTY: out, columns, rows },
    stderr: { write: (text) => stderr.push(text), isTTY: err, columns },
    env: {},
    color: true,
    quiet: false,
    ...options,
  });
  return { terminal, stdout, stderr };
}

async function reds(terminal: Terminal): Promise<[stdout: string, stderr: string]> {
  return [(await terminal.paint()).red('x'), (await terminal.errorPaint()).red('x')];
}

describe('colour', () => {
  it('is on where both streams are terminals', async () => {
    expect(await reds(terminalOn().terminal)).toEqual([RED, RED]);
  });

  it.each([
    ['NO_COLOR is set', { env: { NO_COLOR: '1' } }],
    ['TERM is dumb', { env: { TERM: 'dumb' } }],
    ['it was asked to be', { color: false }],
  ])('is off when %s', async (_why, options) => {
    expect(await reds(terminalOn(options).terminal)).toEqual(['x', 'x']);
  });

  it('is on when NO_COLOR is empty, as if it were not set', async () => {
    expect(await reds(terminalOn({ env: { NO_COLOR: '' } }).terminal)).toEqual([RED, RED]);
  });

  it('is off on each stream that is no terminal, whatever the other is', async () => {
    expect(await reds(terminalOn({}, { out: false }).terminal)).toEqual(['x', RED]);
    expect(await reds(terminalOn({}, { err: false }).terminal)).toEqual([RED, 'x']);
  });

  it('is never forced by the environment onto what is no terminal', async () => {
    const { terminal } = terminalOn({ env: { FORCE_COLOR: '3' } }, { out: false, err: false });
    expect(await reds(terminal)).toEqual(['x', 'x']);
  });
});

describe('results and messages', () => {
  it('go to stdout and stderr, a line each', () => {
    const { terminal, stdout, stderr } = terminalOn();
    terminal.result('done');
    terminal.message('warning: odd');
    expect({ stdout, stderr }).toEqual({ stdout: ['done\n'], stderr: ['warning: odd\n'] });
  });

  it('are for a person only where stdout is a terminal', () => {
    expect(terminalOn().terminal.isTTY).toBe(true);
    expect(terminalOn({}, { out: false }).terminal.isTTY).toBe(false);
  });

  it('are 80 columns wide where nobody knows better', () => {
    const stream = { write: () => true };
    const options = { stdout: stream, stderr: stream, env: {}, color: true, quiet: false };
    expect(createTerminal(options).columns).toBe(80);
    expect(terminalOn({}, { columns: 40 }).terminal.columns).toBe(40);
  });
});

describe('progress', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is shown after a second, and not before', () => {
    const { terminal, stdout, stderr } = terminalOn();
    terminal.progress("asking 'origin'");
    jest.advanceTimersByTime(999);
    expect(stderr).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(stderr).toEqual([`${CLEAR}asking 'origin' …`]);
    expect(stdout).toEqual([]);
  });

  it('shows what is waited for last, then every change at once', () => {
    const { terminal, stderr } = terminalOn();
    terminal.progress('one');
    jest.advanceTimersByTime(500);
    terminal.progress('two');
    jest.advanceTimersByTime(500);
    terminal.progress('three');
    expect(stderr).toEqual([`${CLEAR}two …`, `${CLEAR}three …`]);
  });

  it('is taken away before anything else is written', () => {
    const { terminal, stdout, stderr } = terminalOn();
    terminal.progress('one');
    jest.advanceTimersByTime(1_000);
    terminal.message('warning');
    expect(stderr).toEqual([`${CLEAR}one …`, CLEAR, 'warning\n']);
    terminal.progress('two');
    jest.advanceTimersByTime(1_000);
    terminal.result('done');
    expect(stderr.slice(3)).toEqual([`${CLEAR}two …`, CLEAR]);
    expect(stdout).toEqual(['done\n']);
  });

  it('is never seen of what was over within a second', () => {
    const { terminal, stderr } = terminalOn();
    terminal.progress('one');
    jest.advanceTimersByTime(500);
    terminal.settle();
    jest.advanceTimersByTime(5_000);
    expect(stderr).toEqual([]);
  });

  it.each([
    ['stderr is no terminal', terminalOn({}, { err: false })],
    ['quiet was asked for', terminalOn({ quiet: true })],
  ])('is never shown where %s', (_why, { terminal, stderr }) => {
    terminal.progress('one');
    jest.advanceTimersByTime(5_000);
    terminal.progress('two');
    terminal.settle();
    expect(stderr).toEqual([]);
  });

  it('keeps to one line, and lets nothing from outside steer the terminal', () => {
    const { terminal, stderr } = terminalOn({}, { columns: 20 });
    terminal.progress("waiting for RFC-001 (held by '\u001b[2J\nagent-b')");
    jest.advanceTimersByTime(1_000);
    expect(stderr).toEqual([`${CLEAR}waiting for RFC-001`]);
    terminal.progress('\u001b[2Jx\ny');
    expect(stderr[1]).toBe(`${CLEAR}[2Jx y …`);
  });

  it('counts down in place, where what is said changes by itself', () => {
    const { terminal, stderr } = terminalOn();
    let left = 62;
    terminal.waiting('a line', () => {
      left -= 1;
      return `for ${left} s`;
    });
    jest.advanceTimersByTime(3_000);
    expect(stderr).toEqual(['61', '60', '59'].map((n) => `${CLEAR}for ${n} s …`));
    terminal.settle();
    jest.advanceTimersByTime(3_000);
    expect(stderr.slice(3)).toEqual([CLEAR]);
  });

  it('is a line where stderr is no terminal, again only where it is another one', () => {
    const { terminal, stderr } = terminalOn({}, { err: false });
    for (const line of ['one', 'one', "held by '\u001b[2J\nb'", 'one']) {
      terminal.waiting(line, () => 'never shown');
    }
    jest.advanceTimersByTime(5_000);
    expect(stderr).toEqual(['one\n', "held by '[2J b'\n", 'one\n']);
    const quiet = terminalOn({ quiet: true }, { err: false });
    quiet.terminal.waiting('one', () => 'one');
    expect(quiet.stderr).toEqual([]);
  });
});

describe('a screen', () => {
  const ROW = '\u001b[K\n';

  it('shows what there is room for, how much more there is, and always the footer', () => {
    const { terminal, stdout } = terminalOn({}, { rows: 5 });
    const screen = terminal.screen();
    screen?.draw(['a', 'b', 'c'], ['foot']);
    screen?.draw(['a', 'b', 'c', 'd'], ['foot']);
    const drawn = ['a', 'b', 'c', 'foot'].map((line) => line + ROW).join('');
    const cut = ['a', 'b', '… 2 more', 'foot'].map((line) => line + ROW).join('');
    expect(stdout.slice(1)).toEqual([`\u001b[H${drawn}\u001b[J`, `\u001b[H${cut}\u001b[J`]);
    screen?.close();
  });

  it('comes and goes with the cursor, and nothing else is shown meanwhile', () => {
    jest.useFakeTimers();
    const { terminal, stdout, stderr } = terminalOn();
    const screen = terminal.screen();
    terminal.progress('asking');
    jest.advanceTimersByTime(5_000);
    expect(stderr).toEqual([]);
    screen?.close();
    expect(stdout).toEqual(['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l']);
    terminal.progress('asking');
    jest.advanceTimersByTime(5_000);
    expect(stderr).toEqual([`${CLEAR}asking …`]);
    terminal.settle();
    jest.useRealTimers();
  });

  it('is none where nothing can be drawn', () => {
    expect(terminalOn({}, { out: false }).terminal.screen()).toBeUndefined();
    expect(terminalOn({ env: { TERM: 'dumb' } }).terminal.screen()).toBeUndefined();
  });
});
