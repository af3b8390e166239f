import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { commitBy, OTHER_FILE, RFC_FILE } from './committed.ts';

const RANGE = ['gate', '--range', 'origin/main..HEAD'];

describe('a gate over commits', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  const claim = (agent: string, ...ids: string[]) =>
    clone.lease(['--agent-id', agent, 'claim', ...ids]);

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('runner');
  });
  afterEach(() => sandbox.dispose());

  it('wants the author of a commit to hold what it changes', async () => {
    const commit = await commitBy(clone, 'Alice Å', [RFC_FILE]);
    const refused = await clone.json(RANGE);
    expect(refused.documents).toMatchObject([
      { id: 'RFC-001', verdict: 'NOT_CLAIMED', agents: ['Alice Å'], commits: [commit] },
    ]);
    await claim('runner', 'RFC-001');
    expect((await clone.json(RANGE)).documents).toMatchObject([
      { verdict: 'HELD_BY_OTHER', holder: 'runner', agents: ['Alice Å'] },
    ]);
    await clone.lease(['release', 'RFC-001']);
    await claim('Alice Å', 'RFC-001');
    const passed = await clone.json(RANGE);
    expect(passed).toMatchObject({ ok: true, documents: [{ verdict: 'pass' }] });
  });

  it('takes the agent in the trailer before the author', async () => {
    await commitBy(clone, 'Alice', [RFC_FILE], 'Change\n\nWhy.\n\nlazyspec-agent: agent-7');
    await claim('Alice', 'RFC-001');
    expect((await clone.json(RANGE)).documents).toMatchObject([{ agents: ['agent-7'] }]);
    expect((await clone.lease(RANGE)).status).toBe(1);
    await clone.lease(['--agent-id', 'Alice', 'release', 'RFC-001']);
    await claim('agent-7', 'RFC-001');
    expect((await clone.lease(RANGE)).status).toBe(0);
  });

  it('takes no line of a message for a trailer that git takes for none', async () => {
    const message = 'Change\n\nLazyspec-Agent: agent-7\n\nThat was said of another commit.';
    await commitBy(clone, 'Alice', [RFC_FILE], message);
    expect((await clone.json(RANGE)).documents).toMatchObject([{ agents: ['Alice'] }]);
  });

  it('passes over trailers in which no claim can be made', async () => {
    const names = ['', ' ', 'x'.repeat(201), 'age\u200bnt'];
    const trailers = names.map((name) => `Lazyspec-Agent: ${name}`).join('\n');
    await commitBy(clone, 'Alice', [RFC_FILE], `Change\n\n${trailers}\nSigned-off-by: me`);
    expect((await clone.json(RANGE)).documents).toMatchObject([{ agents: ['Alice'] }]);
  });

  it('is content with any one of several agents of a commit', async () => {
    const trailers = ['b', 'a', 'b'].map((name) => `Lazyspec-Agent: agent-${name}`).join('\n');
    await commitBy(clone, 'Alice', [RFC_FILE], `Change\n\n${trailers}`);
    const { documents } = await clone.json(RANGE);
    expect(documents).toMatchObject([{ agents: ['agent-a', 'agent-b'] }]);
    expect((await clone.lease(RANGE)).stderr).toContain("'agent-a' or 'agent-b' has to hold it");
    for (const agent of ['agent-a', 'agent-b']) {
      await claim(agent, 'RFC-001');
      expect([agent, (await clone.lease(RANGE)).status]).toEqual([agent, 0]);
      await clone.lease(['--agent-id', agent, 'release', 'RFC-001']);
    }
  });

  it('does not take whoever runs it for whoever made the commits', async () => {
    await commitBy(clone, 'Alice', [RFC_FILE]);
    clone.write({ '.mailmap': 'runner <alice@example.invalid>\n' });
    await clone.git('config', 'lazyspec.agentId', 'runner');
    await clone.git('config', 'log.mailmap', 'true');
    await claim('runner', 'RFC-001');
    const env = { LAZYSPEC_AGENT_ID: 'runner', CLAUDE_SESSION_ID: 'runner' };
    expect((await clone.lease(RANGE, { env })).status).toBe(1);
  });

  it('needs nobody to be known on the machine', async () => {
    await commitBy(clone, 'Alice', [RFC_FILE]);
    await claim('Alice', 'RFC-001');
    await clone.git('config', 'user.name', '');
    const env = { GIT_CONFIG_GLOBAL: '/dev/null' };
    expect((await clone.lease(['gate', 'RFC-001'], { env })).stderr).toContain('not known who');
    expect(await clone.lease(RANGE, { env })).toMatchObject({ status: 0, stderr: '' });
  });

  it('judges all of them for --agent-id, where that is given', async () => {
    await commitBy(clone, 'Alice', [RFC_FILE], 'Change\n\nLazyspec-Agent: agent-7');
    await claim('bot', 'RFC-001');
    expect((await clone.lease(['--agent-id', 'bot', ...RANGE])).status).toBe(0);
    const { documents } = await clone.json(['--agent-id', 'agent-7', ...RANGE]);
    expect(documents).toMatchObject([{ verdict: 'HELD_BY_OTHER', holder: 'bot' }]);
    expect(documents[0].agents).toBeUndefined();
    // A variable of CI that is not set.
    expect((await clone.json(['--agent-id', '', ...RANGE])).documents).toMatchObject([
      { agents: ['agent-7'] },
    ]);
  });

  it('judges a document once for each agent whose commits change it', async () => {
    const first = await commitBy(clone, 'Alice', [RFC_FILE]);
    const second = await commitBy(clone, 'Bob', [RFC_FILE, OTHER_FILE]);
    const third = await commitBy(clone, 'Alice', [RFC_FILE]);
    await claim('Alice', 'RFC-001');
    await claim('Bob', 'RFC-002');
    const { documents } = await clone.json(RANGE);
    expect(documents).toMatchObject([
      { id: 'RFC-001', agents: ['Alice'], commits: [third, first], verdict: 'pass' },
      { id: 'RFC-001', agents: ['Bob'], commits: [second], verdict: 'HELD_BY_OTHER' },
      { id: 'RFC-002', agents: ['Bob'], commits: [second], verdict: 'pass' },
    ]);
    expect(documents[1].message).toContain("held by 'Alice'; 'Bob' has to hold it");
    expect(documents[0].message).toBeUndefined();
    const { stderr } = await clone.lease(RANGE);
    expect(stderr).toContain(`changed: ${RFC_FILE} (in ${second.slice(0, 10)})`);
    expect(stderr).toMatch(/^ +as 'Bob': +.*lazyspec-lease claim RFC-001 +then run this again$/m);
    await clone.lease(['--agent-id', 'Alice', 'release', 'RFC-001']);
    await clone.lease(['--agent-id', 'Bob', 'release', 'RFC-002']);
    const both = await clone.lease(RANGE);
    expect(both.stderr).toContain('2 documents were refused');
    // Nobody can claim them all.
    expect(both.stderr).not.toContain('claim RFC-001 RFC-00');
  });

  it('lets whoever holds a lease create documents, and nobody else', async () => {
    await commitBy(clone, 'Alice', ['docs/rfcs/RFC-050-new.md']);
    await commitBy(clone, 'Bob', ['docs/rfcs/RFC-051-new.md']);
    await claim('Bob', 'RFC-002');
    expect((await clone.json(RANGE)).documents).toMatchObject([
      { id: 'RFC-050', created: true, verdict: 'NOT_CLAIMED' },
      { id: 'RFC-051', created: true, verdict: 'pass' },
    ]);
  });

  it('asks of a merge only what differs from every parent', async () => {
    await clone.git('checkout', '--quiet', '-b', 'theirs');
    await commitBy(clone, 'Bob', [RFC_FILE]);
    await clone.git('push', '--quiet', 'origin', 'theirs:main');
    await clone.git('checkout', '--quiet', '-b', 'mine', 'theirs~1');
    await commitBy(clone, 'Alice', ['README.md']);
    const who = ['-c', 'user.name=Alice', 'merge', '--quiet', '--no-edit'];
    await clone.git(...who, 'theirs');
    expect(await clone.json(RANGE)).toEqual({ ok: true, documents: [] });
    clone.write({ [OTHER_FILE]: '# Slipped in\n' });
    await clone.git('add', '--all');
    await clone.git('-c', 'user.name=Alice', 'commit', '--quiet', '--amend', '--no-edit');
    expect((await clone.json(RANGE)).documents).toMatchObject([
      { id: 'RFC-002', verdict: 'NOT_CLAIMED' },
    ]);
  });

  it('starts no more of git for many commits, agents and documents than for one', async () => {
    await commitBy(clone, 'Alice', [RFC_FILE]);
    const one = sandbox.countingGit();
    await clone.lease(RANGE, { env: one.env });
    for (let i = 0; i < 12; i++) {
      await commitBy(clone, `Agent ${i}`, [`docs/rfcs/RFC-${100 + i}-new.md`, OTHER_FILE]);
    }
    const many = sandbox.countingGit();
    const { documents } = await clone.json(RANGE, { env: many.env });
    expect(documents).toHaveLength(25);
    expect(many.calls().filter((call) => call === 'fetch')).toHaveLength(1);
    // More for what is new: which documents there were, and all leases.
    expect(many.calls().length).toBeLessThanOrEqual(one.calls().length + 4);
  });

  describe('of a listed bot', () => {
    const BOT = 'renovate[bot]';
    const LISTED = `${BOT} <renovatebot@example.invalid>`;

    /** The configuration on the main branch, from which the range starts. */
    async function exempt(...authors: string[]): Promise<void> {
      const text = `[coordination]\n[gate]\nexempt_authors = ${JSON.stringify(authors)}\n`;
      clone.write({ '.lazyspec.toml': text });
      await clone.git('commit', '--quiet', '--no-verify', '--all', '--message', 'Rules');
      await clone.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
    }

    it('wants no claim, but for what others changed', async () => {
      await commitBy(clone, BOT, [RFC_FILE]);
      expect((await clone.lease(RANGE)).status).toBe(1);
      await clone.git('reset', '--quiet', '--hard', 'origin/main');
      await exempt(LISTED);
      await commitBy(clone, BOT, [RFC_FILE]);
      expect(await clone.lease(RANGE)).toMatchObject({ status: 0, stderr: '' });
      await commitBy(clone, 'Alice', [RFC_FILE]);
      await commitBy(clone, BOT, [OTHER_FILE, RFC_FILE]);
      expect((await clone.json(RANGE)).documents).toMatchObject([
        { id: 'RFC-001', agents: ['Alice'], verdict: 'NOT_CLAIMED' },
      ]);
    });

    it('wants one where only the name is the same, or a trailer names an agent', async () => {
      await exempt(`${BOT} <another@example.invalid>`);
      await commitBy(clone, BOT, [RFC_FILE]);
      expect((await clone.lease(RANGE)).status).toBe(1);
      await exempt(LISTED);
      await commitBy(clone, BOT, [RFC_FILE], 'Change\n\nLazyspec-Agent: agent-7');
      expect((await clone.json(RANGE)).documents).toMatchObject([{ agents: ['agent-7'] }]);
    });

    it('is not listed by the commits that are judged', async () => {
      clone.write({ '.lazyspec.toml': `[coordination]\n[gate]\nexempt_authors = ["${LISTED}"]\n` });
      await commitBy(clone, BOT, [RFC_FILE]);
      expect((await clone.lease(RANGE)).status).toBe(1);
    });

    it('hides nothing that a merge sets back', async () => {
      await exempt(LISTED);
      const base = await clone.git('rev-parse', 'HEAD');
      await claim('Alice', 'RFC-001');
      await commitBy(clone, 'Alice', [RFC_FILE]);
      await clone.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
      await clone.git('reset', '--quiet', '--hard', base);
      await commitBy(clone, 'Ben', ['README.md']);
      await clone.git('merge', '--quiet', '--no-verify', '--strategy', 'ours', 'origin/main');
      await commitBy(clone, BOT, [RFC_FILE]);
      expect((await clone.lease(RANGE)).status).toBe(1);
    });

    it('counts for no hook, which judges who commits', async () => {
      await exempt(LISTED);
      expect((await clone.hooks(['install'])).status).toBe(0);
      await commitBy(clone, BOT, [RFC_FILE]);
      expect((await clone.tryGit(['push', 'origin', 'HEAD:main'])).status).toBe(1);
    });
  });
});
