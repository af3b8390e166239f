/**
 * What the examples of the documentation run in. Each is made anew for each block, of real clones of
 * a real remote, with the packed program installed. The comment above a block names one:
 * `<!-- runs in: two clones, ada has claimed RFC-001 -->`. Without a comment it is the first.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { leaseOf, plant, RFC_001 } from '../helpers/leases.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { run, Sandbox } from '../helpers/sandbox.ts';
import type { Installed } from './installed.ts';

export interface Stage {
  sandbox: Sandbox;
  /** Where whoever types is: a name before the prompt, or '' for a prompt without one. */
  folders: Record<string, string>;
  env: NodeJS.ProcessEnv;
  /** What stands for a place that there is not here. */
  places?: Record<string, string>;
}

const RFC = 'docs/rfcs/RFC-001-colour-scheme.md';

export const PROJECT = {
  '.gitignore': 'node_modules\n',
  '.lazyspec.toml': '[coordination]\nremote = "origin"\n',
  'package.json':
    '{ "private": true, "type": "module", "devDependencies": { "lazyspec-hooks": "*" } }\n',
  'README.md': '# Project\n',
  'docs/rfcs/RFC-001-colour-scheme.md': '# Colour scheme\n',
  'docs/rfcs/RFC-002-contrast.md': '# Contrast\n',
  'docs/stories/STORY-042-title.md': '# A story\n',
};

export const DEFAULT = 'a clone';

export const SETTINGS: Record<string, (installed: Installed) => Promise<Stage>> = {
  /** ada's, with the hooks installed and a terminal in it; nothing is claimed. */
  [DEFAULT]: async (installed) => (await clones(installed, ['ada'])).stage,

  'a clone without the hooks': async (installed) =>
    (await clones(installed, ['ada'], { hooks: false })).stage,

  /** As git made it: npm has not installed anything yet. */
  'a clone that was just made': async (installed) => {
    const { stage, ada } = await clones(installed, ['ada'], { hooks: false });
    rmSync(ada.at('node_modules'), { recursive: true });
    return stage;
  },

  /** Of a project that does not have it yet: npm gets it from a registry that has this very build. */
  'a clone without the package': async (installed) => {
    const { stage, ada } = await clones(installed, ['ada'], { hooks: false });
    rmSync(ada.at('node_modules'), { recursive: true });
    ada.write({ 'package.json': '{ "private": true }\n' });
    return stage;
  },

  /** ben has no claim, and has edited the document. agent-7 has held another one for half an hour. */
  'two clones, ada has claimed RFC-001': async (installed) => {
    const { stage, ben } = await clones(installed, ['ada', 'ben']);
    await adaHolds(stage.sandbox);
    await storyIsHeld(stage.sandbox);
    ben?.write({ [RFC]: '# Colour scheme\n\nBlue.\n' });
    return stage;
  },

  /** agent-7 has held another document for half an hour. */
  'a clone, agent-7 has claimed STORY-042': async (installed) => {
    const { stage } = await clones(installed, ['ada']);
    await storyIsHeld(stage.sandbox);
    return stage;
  },

  /** The job's checkout, and what its host tells it; ada has claimed what she pushes. */
  'a job of CI': async (installed) => {
    const { stage, ada } = await clones(installed, ['ada']);
    await ada.git('switch', '--quiet', '--create', 'topic');
    await type(stage, ada.path, 'lazyspec-lease claim RFC-001');
    ada.write({ [RFC]: '# Colour scheme\n\nGreen.\n' });
    await ada.git('commit', '--quiet', '--all', '--message', 'Make it green');
    await ada.git('push', '--quiet', 'origin', 'HEAD');
    const [head, main] = await Promise.all(
      ['HEAD', 'origin/main'].map((name) => ada.git('rev-parse', name)),
    );
    const told = { TARGET: main, HEAD: head, REF: 'refs/heads/topic', NEW: head, OLD: main };
    return { ...stage, env: { ...stage.env, ...told } };
  },

  'a clone whose configuration has three mistakes': async (installed) => {
    const { stage, ada } = await clones(installed, ['ada']);
    ada.write({
      '.lazyspec.toml': `[coordination]
remote = "origin"
lease_duraton = "60m"
grace_period = "2 minutes"

[gate]
create = "all"
`,
    });
    return stage;
  },

  /** Leases are kept in the clone, as they are for agents on one machine. */
  'a clone with remote = "."': async (installed) => (await ownRemote(installed)).stage,

  /** Three sessions of an agent have begun, each with its task. */
  'a clone with three agents at work': async (installed) => {
    const { stage, ada } = await ownRemote(installed);
    const sessions = {
      '0f4c6a52-95d3-4c0e-9a34-5f2f8c8c7d11': 'RFC-001',
      '5b1d03aa-0b57-4a9b-8c2f-0d6f1f0a4be2': 'RFC-002',
      '9e77c1de-6f6e-4f0c-b7a5-2f5c7f1f9a03': 'STORY-042',
    };
    for (const [session, task] of Object.entries(sessions)) {
      const told = JSON.stringify({ session_id: session, cwd: ada.path });
      const command = `echo '${told}' | lazyspec-hooks agent session-start`;
      await type(stage, ada.path, command, { ASSIGNED_TASK: task });
    }
    return stage;
  },

  /** Bare repositories in /srv/git, and a folder of its own for what npm installs globally. */
  'a server': async (installed) => {
    const { stage, served } = await servedBy(installed);
    return {
      ...stage,
      folders: { '': join(served, 'project.git') },
      env: { ...stage.env, npm_config_prefix: join(stage.sandbox.folder, 'global') },
    };
  },

  /** ada has committed a change of RFC-001, which she has not claimed. */
  'a clone of a server with the hook': async (installed) => {
    const { stage, ada, served } = await servedBy(installed);
    const project = join(served, 'project.git');
    symlinkSync(
      join(installed.folder, 'templates', 'pre-receive'),
      join(project, 'hooks', 'pre-receive'),
    );
    await stage.sandbox.git(project, 'config', 'lazyspec.identity', 'LAZYSPEC_PUSHER');
    await ada.git('remote', 'set-url', 'origin', project);
    ada.write({ [RFC]: '# Colour scheme\n\nGreen.\n' });
    await ada.git('commit', '--quiet', '--all', '--message', 'Make it green');
    return { ...stage, env: { ...stage.env, LAZYSPEC_PUSHER: 'ada' } };
  },
};

async function servedBy(installed: Installed) {
  const { stage, ada } = await clones(installed, ['ada'], { hooks: false });
  const { sandbox } = stage;
  const served = mkdtempSync(join(tmpdir(), 'lazyspec-srv-'));
  sandbox.onDispose(() => rmSync(served, { recursive: true, force: true }));
  for (const name of ['project', 'specs']) {
    await sandbox.git(served, 'clone', '--quiet', '--bare', sandbox.remote, `${name}.git`);
  }
  return { stage: { ...stage, places: { '/srv/git': served } }, ada, served };
}

/** A clone for each name, with the package and, if not told otherwise, the hooks installed. */
async function clones(
  installed: Installed,
  names: readonly ['ada', 'ben'?],
  { hooks = true } = {},
) {
  const sandbox = await Sandbox.create(PROJECT);
  const made: Record<string, Clone> = {};
  for (const name of names.filter((one) => one !== undefined)) {
    const clone = await sandbox.clone(name);
    mkdirSync(clone.at('node_modules'));
    symlinkSync(installed.folder, clone.at('node_modules', 'lazyspec-hooks'));
    symlinkSync(installed.bin, clone.at('node_modules', '.bin'));
    made[name] = clone;
  }
  const { ada, ben } = made;
  if (!ada) throw new Error('ada is always there');
  const stage: Stage = {
    sandbox,
    folders: {
      '': ada.path,
      ...Object.fromEntries(Object.values(made).map((one) => [nameOf(one), one.path])),
    },
    env: {
      ...sandbox.env,
      ...agentProgram(sandbox, `${installed.bin}:${sandbox.env.PATH}`),
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      TASK: 'RFC-001',
      npm_config_registry: installed.registry,
      npm_config_progress: 'false', // its spinner would be seen now and then
      npm_config_fund: 'false',
      npm_config_audit: 'false',
      npm_config_update_notifier: 'false',
    },
  };
  for (const { path } of hooks ? Object.values(made) : []) {
    await type(stage, path, 'lazyspec-hooks install --quiet');
  }
  return { stage, ada, ben };
}

/** Does in a clone what an example takes for granted. */
async function type({ env }: Stage, cwd: string, command: string, more = {}): Promise<void> {
  const ran = await run('sh', ['-c', command], { cwd, env: { ...env, ...more } });
  if (ran.status !== 0) throw new Error(`${command}: ${ran.stderr}`);
}

const nameOf = (clone: Clone) => clone.path.slice(dirname(clone.path).length + 1);

/** `my-agent` is any program that does an agent's work. */
function agentProgram(sandbox: Sandbox, path: string): { PATH: string } {
  const bin = join(sandbox.folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'my-agent'), '#!/bin/sh\nexec git ls-remote origin "refs/lazyspec/*"\n');
  chmodSync(join(bin, 'my-agent'), 0o755);
  return { PATH: `${bin}:${path}` };
}

async function ownRemote(installed: Installed) {
  const made = await clones(installed, ['ada']);
  made.ada.write({ '.lazyspec.toml': '[coordination]\nremote = "."\n' });
  return made;
}

async function adaHolds(sandbox: Sandbox): Promise<void> {
  const content = {
    ...leaseOf('ada', 150),
    host: 'vm',
    branch: 'main',
    note: 'choosing a palette',
  };
  await plant(sandbox, { ref: RFC_001, content, committed: content.acquired });
}

async function storyIsHeld(sandbox: Sandbox): Promise<void> {
  const content = leaseOf('agent-7', 31 * 60 + 30);
  const ref = 'refs/lazyspec/leases/story/STORY-042';
  await plant(sandbox, { ref, content, committed: content.acquired });
}
