/** The hooks that a key asks for, through every manager: there with it, and gone with it. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { becomes } from '../../../helpers/behind.ts';
import type { Installed, ManagerPackage } from '../../../helpers/managers.ts';
import { installManagers, isThere } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { RFC_1, STORY } from '../../hooks/guarded.ts';
import { expectDone, expectGuarded, PROJECT, plugIn, unplug, worldOf } from './plugged.ts';

const ON = `${PROJECT['.lazyspec.toml']}[gate]\ntrailer = true\n[comfort]\nrenew_after_commit = true\nrelease_after_push = ["main"]\nread_only = true\n`;
const TRAILER = '\n\nLazyspec-Agent: agent-a\n';

interface Setting {
  up: Record<string, string>;
  packages: ManagerPackage[];
  /** What has the manager take over. */
  with?: string[];
  /** Where its part in commit-msg stands. */
  at: string;
}

const SETS: Record<string, Setting> = {
  husky: {
    up: { '.husky/commit-msg': 'echo theirs >>"$1"\n' },
    packages: ['husky'],
    with: ['node_modules/.bin/husky'],
    at: '.husky/commit-msg',
  },
  lefthook: {
    up: {
      'lefthook.yml': 'commit-msg:\n  jobs:\n    - run: echo theirs >>{1}\n',
    },
    packages: ['lefthook'],
    with: ['node_modules/.bin/lefthook', 'install'],
    at: 'lefthook.yml',
  },
  'simple-git-hooks': {
    up: { '.simple-git-hooks.json': '{\n  "commit-msg": "echo theirs >>\\"$1\\""\n}\n' },
    packages: ['simple-git-hooks'],
    with: ['node_modules/.bin/simple-git-hooks'],
    at: '.simple-git-hooks.json',
  },
  'pre-commit': {
    up: {
      '.pre-commit-config.yaml': `repos:
  - repo: local
    hooks:
      - id: theirs
        name: theirs
        entry: sh -c 'echo theirs >>"$0"'
        language: system
        always_run: true
        stages: [commit-msg]
`,
    },
    packages: [],
    with: ['pre-commit', 'install', '-t', 'commit-msg'],
    at: '.pre-commit-config.yaml',
  },
};

const isPreCommitThere = await isThere('pre-commit');
if (!isPreCommitThere)
  process.stderr.write('skipped: trailers with pre-commit: it is not on PATH\n');

describe.each(Object.entries(SETS))('with %s', (name, set) => {
  let sandbox: Sandbox;
  let managers: Installed;

  beforeAll(async () => {
    const files = { ...PROJECT, '.lazyspec.toml': ON, ...set.up };
    [sandbox, managers] = await Promise.all([
      Sandbox.create(files),
      installManagers(...set.packages),
    ]);
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  async function commitClaimed(clone: Clone, comfort = true): Promise<string> {
    // pre-commit wants its own configuration staged.
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'Set up');
    rmSync(clone.at(STORY));
    await clone.git('checkout', '--quiet', '--', STORY);
    expect(statSync(clone.at(STORY)).mode & 0o222).toBe(comfort ? 0 : 0o200);
    expectDone(await clone.lease(['--agent-id', 'agent-a', 'claim', 'RFC-001']));
    clone.write({ [RFC_1]: `# ${Math.random()}\n` });
    await clone.git('add', '--all');
    const env = { LAZYSPEC_AGENT_ID: 'agent-a' };
    const made = await clone.tryGit(['commit', '--quiet', '--message', 'Change'], { env });
    expect({ status: made.status, stderr: made.status ? made.stderr : '' }).toEqual({
      status: 0,
      stderr: '',
    });
    // Noted once the lease is renewed.
    if (comfort) await becomes(() => clone.has('.lazyspec/state/heartbeat-rfc-RFC-001'));
    const message = await clone.git('log', '-1', '--format=%B');
    if (comfort) {
      const pushed = await clone.tryGit(['push', '--quiet', 'origin', 'HEAD:main'], { env });
      expect({ status: pushed.status, stderr: pushed.stderr }).toMatchObject({ status: 0 });
      // Noted last of all.
      await becomes(() => clone.read('.git/lazyspec/read-only-.git').includes('RFC-001'));
    } else {
      expectDone(await clone.lease(['--agent-id', 'agent-a', 'release', 'RFC-001']));
    }
    return message;
  }

  (name !== 'pre-commit' || isPreCommitThere ? it : it.skip)(
    'a commit names its agent and renews its lease, and a push gives it back, while that is asked for, beside what theirs does',
    async () => {
      const clone = await sandbox.clone(`clone of ${name}`);
      managers.into(clone);
      const [program = '', ...args] = set.with ?? [];
      const path = program.startsWith('node_modules') ? clone.at(program) : program;
      const ran = await run(path, args, { cwd: clone.path, env: sandbox.env });
      expect(ran.status).toBe(0);
      const { before, result } = await plugIn(clone);
      expect(result.manager).toBe(name);
      expect(clone.read(set.at)).not.toBe(set.up[set.at]);
      const message = await commitClaimed(clone);
      expect(message).toContain(TRAILER);
      expect(message).toContain('theirs');

      // Without the key it goes, and what they have stays.
      clone.write({ '.lazyspec.toml': PROJECT['.lazyspec.toml'] });
      expectDone(await clone.hooks(['install']));
      expect(readdirSync(clone.at('.git/lazyspec/hooks'))).toHaveLength(3);
      if (name === 'husky') expect(clone.read(set.at)).toBe(set.up[set.at]);
      const without = await commitClaimed(clone, false);
      expect(without).not.toContain('Lazyspec-Agent');
      expect(without).toContain('theirs');
      await expectGuarded(clone);

      // And comes back with it.
      clone.write({ '.lazyspec.toml': ON });
      expectDone(await clone.hooks(['install']));
      expect(await commitClaimed(clone)).toContain(TRAILER);
      // What was seen of leases, and when they were renewed, is not the installer's.
      rmSync(clone.at('.lazyspec'), { recursive: true });
      rmSync(clone.at('.git/lazyspec/observed.json'));
      await unplug(clone, worldWithout(clone, before));
    },
  );

  /** What was there before, with the documents as they are now. */
  function worldWithout(clone: Clone, before: ReturnType<typeof worldOf>) {
    const now = worldOf(clone.path);
    return { ...before, [RFC_1]: (now[RFC_1] ?? '').replace(/^100444/, '100644') };
  }
});
