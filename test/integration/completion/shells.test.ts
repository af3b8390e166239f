/** The scripts in the shells themselves: what they are told, and what a key does on a terminal. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leaseOf, plant } from '../../helpers/leases.ts';
import { HAS_PSEUDO_TERMINALS, PseudoTerminal } from '../../helpers/pseudo-terminal.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { LEASE, run, Sandbox } from '../../helpers/sandbox.ts';

/** A name that runs a program, wherever it is taken for more than text. */
const HOSTILE = "Jane O'Neil $(touch PWNED)`touch PWNED`;touch PWNED";

let sandbox: Sandbox;
let clone: Clone;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
  const program = sandbox.shadow(
    'lazyspec-lease',
    `#!/bin/sh\nexec '${process.execPath}' '${LEASE}' "$@"\n`,
  );
  env = { ...sandbox.env, ...program };
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await clone.lease(['completion', shell]);
    writeFileSync(join(sandbox.folder, `completion.${shell}`), stdout);
  }
});

/** A lease that this clone has seen. */
async function plantHostile(): Promise<void> {
  await plant(sandbox, { content: leaseOf(HOSTILE) });
  await clone.lease(['leases']);
}

afterAll(() => sandbox.dispose());

const script = (shell: string) => join(sandbox.folder, `completion.${shell}`);

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

for (const shell of ['zsh', 'fish'].filter((one) => !has(one))) {
  process.stderr.write(`skipped: completion in ${shell}, which is not installed\n`);
}
if (!HAS_PSEUDO_TERMINALS) {
  process.stderr.write("skipped: completion on a terminal, which needs util-linux's script\n");
}

test('each script is one that its shell can read', async () => {
  for (const shell of ['bash', 'zsh', 'fish'].filter(has)) {
    const { status, stderr } = await run(shell, ['-n', script(shell)], { cwd: clone.path, env });
    expect({ shell, status, stderr }).toEqual({ shell, status: 0, stderr: '' });
  }
});

describe('bash', () => {
  /** What bash is told for words as it splits them itself. */
  async function replies(words: readonly string[], before = ''): Promise<string[]> {
    const code = `${before}
source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lazyspec-lease
((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"; true`;
    const args = ['--norc', '-c', code, 'bash', script('bash'), ...words];
    const ran = await run('bash', args, { cwd: clone.path, env });
    // compopt says outside of a completion that it is none: its own stderr is not shown.
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
    return ran.stdout.split('\n').filter(Boolean);
  }

  test('gets commands, options, values and documents', async () => {
    expect(await replies(['lazyspec-lease', 'cl'])).toEqual(['claim']);
    expect(await replies(['lazyspec-lease', 'claim', '--forc'])).toEqual(['--force']);
    expect(await replies(['lazyspec-lease', 'gate', '--format', '=', 'gith'])).toEqual(['github']);
    expect(await replies(['lazyspec-lease', 'gate', '--format', '='])).toHaveLength(3);
    expect(await replies(['lazyspec-lease', 'claim', 'RFC'])).toEqual(['RFC-001', 'RFC-002']);
  });

  test('understands words in quotes, and expands nothing in them', async () => {
    const words = ['-C', `"${clone.path.replaceAll(' ', '\\ ')}"`, 'claim', 'STO'];
    expect(await replies(['lazyspec-lease', ...words], 'cd /')).toEqual(['STORY-042']);
    const hostile = ['claim', '"$(touch PWNED)"', '`touch PWNED`', 'STO'];
    expect(await replies(['lazyspec-lease', ...hostile])).toEqual(['STORY-042']);
    expect(clone.has('PWNED')).toBe(false);
  });

  test('runs the program on PATH, not the one of a folder', async () => {
    clone.write({ 'lazyspec-lease': '#!/bin/sh\ntouch PWNED; echo none; echo claim\n' });
    await clone.git('update-index', '--add', '--chmod=+x', 'lazyspec-lease');
    await clone.git('checkout-index', '--force', 'lazyspec-lease');
    expect(await replies(['./lazyspec-lease', 'sho'])).toEqual(['show']);
    expect(clone.has('PWNED')).toBe(false);
  });

  test('is silent where there is no program', async () => {
    expect(await replies(['lazyspec-lease', 'cl'], 'PATH=/nowhere')).toEqual([]);
  });
});

const onTerminal = HAS_PSEUDO_TERMINALS ? test : test.skip;

/** Each shell without anybody's configuration, and how it comes by the script. */
const INTERACTIVE: Record<string, { args: string[]; setup: string }> = {
  bash: { args: ['--norc', '--noprofile', '-i'], setup: 'source' },
  zsh: { args: ['-f', '-i'], setup: 'autoload -Uz compinit; compinit -D -u; source' },
  fish: { args: ['--no-config', '-i'], setup: 'source' },
};

for (const [shell, { args, setup }] of Object.entries(INTERACTIVE)) {
  const where = has(shell) ? onTerminal : test.skip;

  where(`Tab completes a command and a document in ${shell}`, async () => {
    const said = await typed(
      shell,
      args,
      setup,
      [
        ['lazyspec-lease sho\t', 'show'],
        ['STO\t', 'STORY-042'],
      ],
      'not claimed',
    );
    expect(said).toContain('STORY-042 is not claimed');
  });

  where(`Tab puts a hostile name on the line as text in ${shell}`, async () => {
    await plantHostile();
    const line: [string, string][] = [
      ['lazyspec-lease release RFC-001 --expected-holder J\t', "O\\'Neil"],
    ];
    const said = await typed(shell, args, setup, line, /Released|not held|Error/i);
    expect(said).toContain('Released RFC-001');
    expect(clone.has('PWNED')).toBe(false);
  });
}

/** Types a line, and after each part of it waits for what Tab makes of it. */
async function typed(
  shell: string,
  args: string[],
  setup: string,
  parts: [typed: string, shown: string][],
  end: string | RegExp,
): Promise<string> {
  const terminal = new PseudoTerminal([shell, ...args], { cwd: clone.path, env, columns: 200 });
  try {
    await terminal.until(/[$%#>] ?/);
    terminal.type(`${setup} '${script(shell)}'; echo REA''DY\n`);
    await terminal.until('READY\r');
    await sleep(300); // the prompt
    let from = 0;
    for (const [part, shown] of parts) {
      from = terminal.written.length;
      terminal.type(part);
      await terminal.until(shown, from);
    }
    terminal.type('\n');
    return await terminal.until(end, from);
  } finally {
    terminal.end();
  }
}

(has('fish') ? test : test.skip)('fish is told what each candidate is', async () => {
  await plantHostile();
  const code = `source '${script('fish')}'; complete --do-complete 'lazyspec-lease claim RFC-00'`;
  const { stdout } = await run('fish', ['--no-config', '-c', code], { cwd: clone.path, env });
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringContaining("RFC-001\theld by 'Jane O'Neil $(touch PWNED)"),
    'RFC-002\trfc',
  ]);
});
