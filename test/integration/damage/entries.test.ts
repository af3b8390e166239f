/** A program that is damaged refuses wherever it would enforce: passing takes its positive word. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Ran } from '../../helpers/sandbox.ts';
import { Clone, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { commit, push, RFC_1, RFC_2, sneak } from '../hooks/guarded.ts';
import { copyPackage, DAMAGES } from './damaged-package.ts';

let sandbox: Sandbox;
let clone: Clone;
let folder: string;
/** Where the commands of the package are on PATH. */
let env: { PATH: string };

beforeAll(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('ada');
  folder = clone.at('node_modules', 'lazyspec-hooks');
  copyPackage(folder);
  const bin = clone.at('node_modules', '.bin');
  mkdirSync(bin);
  for (const [name, file] of [
    ['lazyspec-hooks', 'hooks.js'],
    ['lazyspec-lease', 'lease.js'],
  ]) {
    symlinkSync(join('..', 'lazyspec-hooks', 'dist', file ?? ''), join(bin, name ?? ''));
  }
  const npx = sandbox.shadow('npx', '#!/bin/sh\nshift\nexec "$@"\n');
  env = { PATH: `${bin}:${npx.PATH}` };
  clone.write({ '.git/info/exclude': 'node_modules\n.claude\n*.json\n' });
  const args = ['install', '--agent', 'claude-code'];
  const installed = await run(process.execPath, [join(folder, 'dist', 'hooks.js'), ...args], {
    cwd: clone.path,
    env: sandbox.env,
  });
  expect(installed).toMatchObject({ status: 0, stderr: '' });
  await sneak(clone, { [RFC_2]: textWith({}) });
  await clone.git('worktree', 'add', '--quiet', '-b', 'theirs', side());
  const theirs = new Clone(sandbox, side());
  await sneak(theirs, { [RFC_2]: textWith({ 17: 'theirs' }) });
  await sneak(clone, { [RFC_2]: textWith({ 2: 'ours' }) });
  await theirs.git('checkout', '--quiet', '-b', 'ours', 'main');
  clone.write({ [RFC_1]: '# Unclaimed\n' });
  await clone.git('add', '--all');
});
afterAll(() => sandbox.dispose());

const side = () => join(sandbox.folder, 'side');

function textWith(changed: Record<number, string>): string {
  return Array.from({ length: 20 }, (_, line) => `${changed[line] ?? `line ${line}`}\n`).join('');
}

/** Of a document that both sides have changed. */
async function merge(): Promise<Ran> {
  const tree = new Clone(sandbox, side());
  const ran = await tree.tryGit(['merge', '--quiet', '--no-edit', 'theirs']);
  await tree.git('merge', '--abort');
  return ran;
}

const script = (name: string, ...args: string[]) =>
  run('sh', [join(folder, name), ...args], {
    cwd: clone.path,
    env: { ...sandbox.env, ...env, LAZYSPEC_AGENT_ID: 'ada', CLAUDE_PROJECT_DIR: clone.path },
  });

/** What a template of CI runs, whose clone has the unclaimed commit. */
function ciStep(): Promise<Ran> {
  const text = readFileSync(join(PACKAGE, 'templates', 'github-actions.yml'), 'utf8');
  const step = parse(text).jobs.gate.steps.at(-1).run;
  const event = { GITHUB_EVENT_NAME: 'merge_group', BASE: 'origin/main', HEAD: 'HEAD' };
  return run('bash', ['-e', '-c', step], {
    cwd: clone.path,
    env: { ...sandbox.env, ...env, ...event },
  });
}

function gitlabStep(): Promise<Ran> {
  const text = readFileSync(join(PACKAGE, 'templates', 'gitlab-ci.yml'), 'utf8');
  const step = parse(text).lazyspec.script.at(-1);
  const event = {
    CI_MERGE_REQUEST_DIFF_BASE_SHA: 'origin/main',
    CI_COMMIT_SHA: 'HEAD',
    CI_PROJECT_ID: '1',
    CI_MERGE_REQUEST_PROJECT_ID: '1',
  };
  return run('sh', ['-e', '-c', step], {
    cwd: clone.path,
    env: { ...sandbox.env, ...env, ...event },
  });
}

async function pushToServer(): Promise<Ran> {
  const hook = join(sandbox.remote, 'hooks', 'pre-receive');
  copyFileSync(join(PACKAGE, 'templates', 'pre-receive'), hook);
  try {
    const who = { ...env, LAZYSPEC_PUSHER: 'ada' };
    return await push(clone, ['--no-verify', 'origin', 'HEAD:refs/heads/topic'], { env: who });
  } finally {
    rmSync(hook);
  }
}

const agentCommand = (event: string): string =>
  JSON.parse(clone.read('.claude/settings.json')).hooks[event][0].hooks[0].command;

const edit = () =>
  run('sh', ['-c', agentCommand('PreToolUse')], {
    cwd: clone.path,
    env: { ...sandbox.env, CLAUDE_PROJECT_DIR: clone.path },
    input: JSON.stringify({ session_id: 's', tool_input: { file_path: clone.at(RFC_1) } }),
  });

/** The entry of a project that takes this repository as one of pre-commit's. */
function preCommitEntry(): Promise<Ran> {
  const [{ entry }] = parse(readFileSync(join(PACKAGE, '.pre-commit-hooks.yaml'), 'utf8'));
  return run('sh', ['-c', entry], { cwd: clone.path, env: { ...sandbox.env, ...env } });
}

/** Each asks whether an unclaimed document may change. */
const ENTRIES: Record<string, () => Promise<Ran>> = {
  'git commit': () => commit(clone),
  "a hook manager's commit": () => script('hooks/pre-commit'),
  'an entry of .pre-commit-hooks.yaml': preCommitEntry,
  'git merge': merge,
  'git push': () => push(clone, ['origin', 'HEAD:refs/heads/topic']),
  "an agent's edit": edit,
  'a push to a server': pushToServer,
  'GitHub Actions': ciStep,
  'GitLab CI': gitlabStep,
};

/** What may not change while everything is refused. */
async function state(): Promise<string[]> {
  const refs = await sandbox.git(sandbox.remote, 'for-each-ref');
  return [refs, await clone.git('rev-parse', 'HEAD'), await clone.git('status', '--porcelain')];
}

/** The lease, or the damage; `sh` where it is called with a hook that is gone. */
const SAYS_WHY = /not claimed|damaged|not found|cannot open/;

describe('where the package of a clone, of a server and of CI is damaged:', () => {
  it.each(['is whole', ...Object.keys(DAMAGES)])('%s: every entry refuses', async (damage) => {
    DAMAGES[damage]?.(folder);
    const before = await state();
    try {
      for (const [entry, act] of Object.entries(ENTRIES)) {
        const { status, stdout, stderr } = await act();
        // Claude Code lets an edit through unless its hook ends with 2.
        const refused = entry === "an agent's edit" ? status === 2 : status !== 0;
        expect({ entry, refused, said: stdout + stderr }).toEqual({
          entry,
          refused: true,
          said: expect.stringMatching(SAYS_WHY),
        });
        expect(stdout + stderr).not.toContain('this is a bug');
      }
      expect(await state()).toEqual(before);
    } finally {
      copyPackage(folder);
    }
  });
});

describe('what enforces nothing', () => {
  it.each(Object.keys(DAMAGES))('goes on, and says so where it can: %s', async (damage) => {
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Unclaimed');
    DAMAGES[damage]?.(folder);
    try {
      const told = await run('sh', ['-c', agentCommand('SessionStart')], {
        cwd: clone.path,
        env: { ...sandbox.env, CLAUDE_PROJECT_DIR: clone.path },
        input: JSON.stringify({ session_id: 's' }),
      });
      // Claude Code takes 2 alone for a refusal.
      expect(told.status).not.toBe(2);
      for (const hook of ['post-commit', 'post-checkout', 'post-merge']) {
        const ran = await script(`hooks/${hook}`);
        // Where the package is gone sh has no such hook.
        if (damage !== 'the package is gone') expect({ hook, ...ran }).toMatchObject({ status: 0 });
      }
      const file = clone.at('.git/COMMIT_EDITMSG');
      const message = await run('sh', [join(PACKAGE, 'hooks', 'commit-msg'), file], {
        cwd: clone.path,
        env: sandbox.env,
      });
      expect(message.status).toBe(0);
    } finally {
      copyPackage(folder);
      await clone.git('reset', '--quiet', '--soft', 'HEAD~1');
    }
  });
});

it('an agent that is wrapped does not start where the claim was not made', async () => {
  for (const damage of ['the programs are empty', 'the chunks are missing']) {
    DAMAGES[damage]?.(folder);
    const ran = await script('templates/agent.sh', 'RFC-001', 'touch', 'started');
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toContain('damaged');
    copyPackage(folder);
  }
  expect(clone.has('started')).toBe(false);
});

it('nothing passes while the package is taken away and put back, over and over', async () => {
  const before = await state();
  let ended = false;
  const install = async () => {
    while (!ended) {
      rmSync(folder, { recursive: true, force: true });
      await setTimeout(20);
      copyPackage(folder);
      await setTimeout(20);
    }
  };
  const installing = install();
  try {
    for (let round = 0; round < 15; round++) {
      for (const act of [() => commit(clone), edit]) {
        const { status, stderr } = await act();
        expect({ status, stderr }).not.toMatchObject({ status: 0 });
        expect(stderr).not.toContain('this is a bug');
      }
    }
  } finally {
    ended = true;
    await installing;
  }
  expect(await state()).toEqual(before);
});
