/**
 * The example in docs/agents.md: three agents in three work trees of one clone, on one machine. Each
 * is a script that does what an agent's program does: it runs the commands that stand in
 * .claude/settings.json, with the JSON on their stdin, and edits only where they let it.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { DOCUMENTS, LEASE, run, Sandbox } from '../../helpers/sandbox.ts';
import { RFC_1, RFC_2, STORY } from '../../integration/hooks/guarded.ts';

interface Settings {
  hooks: Record<string, { matcher?: string; hooks: { command: string }[] }[]>;
}

/** One session of an agent in a work tree. */
class Agent {
  readonly refusals: string[] = [];
  readonly #environment: string;
  readonly sandbox: Sandbox;
  readonly session: string;
  readonly tree: string;

  constructor(sandbox: Sandbox, session: string, tree: string) {
    this.sandbox = sandbox;
    this.session = session;
    this.tree = tree;
    this.#environment = join(sandbox.folder, `environment of ${session}`);
    writeFileSync(this.#environment, '');
  }

  start(task: string): Promise<Ran> {
    return this.#event('SessionStart', { source: 'startup' }, { ASSIGNED_TASK: task });
  }

  /** Adds a line to a document, if the hooks let it. */
  async edit(path: string, line: string): Promise<boolean> {
    const tool = { tool_name: 'Edit', tool_input: { file_path: join(this.tree, path) } };
    const asked = await this.#event('PreToolUse', tool);
    if (asked.status === 2) {
      this.refusals.push(asked.stderr);
      return false;
    }
    expect(asked).toMatchObject({ status: 0, stderr: '' });
    appendFileSync(join(this.tree, path), `${line}\n`);
    expect(await this.#event('PostToolUse', tool)).toMatchObject({ status: 0, stderr: '' });
    return true;
  }

  /** A command of the model's own, in the environment that the session's start has made. */
  bash(command: string): Promise<Ran> {
    const script = `. "$ENVIRONMENT"; ${command}`;
    const env = { ...this.sandbox.env, ENVIRONMENT: this.#environment };
    return run('sh', ['-c', script], { cwd: this.tree, env });
  }

  lease(...args: string[]): Promise<Ran> {
    return this.bash(`'${process.execPath}' '${LEASE}' ${args.join(' ')}`);
  }

  async publish(message: string): Promise<void> {
    const ran = await this.bash(
      `git commit --quiet -am '${message}' && for n in 1 2 3 4 5 6; do
         git pull --quiet --rebase origin main && git push --quiet origin HEAD:main && exit 0
       done; exit 1`,
    );
    expect({ status: ran.status, stderr: ran.status ? ran.stderr : '' }).toEqual({
      status: 0,
      stderr: '',
    });
  }

  end(): Promise<Ran> {
    return this.#event('SessionEnd', { reason: 'other' });
  }

  /** Runs what the settings say for an event, as the agent's program does. */
  async #event(
    name: string,
    more: Record<string, unknown>,
    env: Record<string, string> = {},
  ): Promise<Ran> {
    const path = join(this.tree, '.claude/settings.json');
    const { hooks } = JSON.parse(readFileSync(path, 'utf8')) as Settings;
    const group = hooks[name]?.find(({ matcher }) =>
      matcher ? new RegExp(`^(${matcher})$`).test(String(more.tool_name)) : true,
    );
    const command = group?.hooks[0]?.command ?? 'exit 99';
    const told = { session_id: this.session, cwd: this.tree, hook_event_name: name, ...more };
    return run('sh', ['-c', command], {
      cwd: this.tree,
      env: {
        ...this.sandbox.env,
        CLAUDE_PROJECT_DIR: this.tree,
        ...(name === 'SessionStart' && { CLAUDE_ENV_FILE: this.#environment }),
        ...env,
      },
      input: JSON.stringify(told),
    });
  }
}

const SESSIONS = ['0f4c', '5b1d', '9e77'].map((part) => `${part}0000-1111-4222-8333-444444444444`);

describe.each([
  ['kept on the remote', 'origin'],
  ['kept in the clone', '.'],
])('three agents in three work trees, with leases %s', (_, remote) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let agents: Agent[];

  beforeAll(async () => {
    const config = `[coordination]\nremote = "${remote}"\n`;
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': config });
    clone = await sandbox.clone('ada');
    expect(await clone.hooks(['install', '--agent', 'claude-code'])).toMatchObject({ status: 0 });
    await clone.git('add', '.claude');
    await clone.git('commit', '--quiet', '--message', 'Agents ask first');
    await clone.git('push', '--quiet', 'origin', 'HEAD:main');
    agents = [];
    for (const [index, session] of SESSIONS.entries()) {
      const tree = join(sandbox.folder, `tree ${index}`);
      await clone.git('worktree', 'add', '--quiet', '-b', `agent-${index}`, tree);
      agents.push(new Agent(sandbox, session, tree));
    }
  });
  afterAll(() => sandbox.dispose());

  const holders = async () => {
    const leases = await clone.json(['leases']);
    return Object.fromEntries(
      leases.map(({ id, agent }: { id: string; agent: string }) => [id, agent]),
    );
  };
  const published = (path: string) => sandbox.git(sandbox.remote, 'show', `main:${path}`);

  it('each claims what it is assigned, under a name of its own', async () => {
    const tasks = ['RFC-001', RFC_2, 'STORY-042'];
    const started = await Promise.all(
      agents.map((agent, index) => agent.start(tasks[index] ?? '')),
    );
    for (const ran of started) expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(await holders()).toEqual({
      'RFC-001': SESSIONS[0],
      'RFC-002': SESSIONS[1],
      'STORY-042': SESSIONS[2],
    });
  });

  it('edits its own document and no other, all at the same time', async () => {
    const paths = [RFC_1, RFC_2, STORY];
    const before = agents.map(({ tree }) => paths.map((path) => contentOf(tree, path)));
    const edits = agents.flatMap((agent, index) =>
      paths.map(async (path, document) => {
        const allowed = await agent.edit(path, `by agent ${index}`);
        return { index, document, allowed };
      }),
    );
    for (const { index, document, allowed } of await Promise.all(edits)) {
      expect({ index, document, allowed }).toEqual({
        index,
        document,
        allowed: index === document,
      });
      const added = index === document ? `by agent ${index}\n` : '';
      const tree = agents[index]?.tree ?? '';
      expect(contentOf(tree, paths[document] ?? '')).toBe(before[index]?.[document] + added);
    }
    for (const { refusals } of agents) {
      expect(refusals).toHaveLength(2);
      for (const text of refusals) expect(text).toMatch(/held by '.*'.*expires in.*--wait/s);
    }
  });

  it('publishes all of its work, and gives everything back at the end', async () => {
    await Promise.all(agents.map((agent, index) => agent.publish(`Agent ${index}`)));
    for (const agent of agents) expect(await agent.end()).toMatchObject({ status: 0, stderr: '' });
    expect(await holders()).toEqual({});
    for (const [index, path] of [RFC_1, RFC_2, STORY].entries()) {
      expect(await published(path)).toContain(`by agent ${index}`);
    }
  });

  it('waits its turn for one document, in which no line is lost', async () => {
    let inside = 0;
    const turn = async (agent: Agent, index: number) => {
      expect(await agent.start('')).toMatchObject({ status: 0, stdout: '', stderr: '' });
      for (let round = 0; round < 2; ) {
        const claimed = await agent.lease('claim', 'RFC-001', '--quiet');
        if (claimed.status !== 0) {
          // As little as it would get by without asking.
          expect(await agent.edit(RFC_1, 'stolen')).toBe(false);
          await sleep(300);
          continue;
        }
        expect(++inside).toBe(1);
        await agent.bash('git pull --quiet --rebase origin main');
        expect(await agent.edit(RFC_1, `turn ${round} of ${index}`)).toBe(true);
        await agent.publish(`Turn ${round} of ${index}`);
        inside--;
        expect(await agent.lease('release', 'RFC-001')).toMatchObject({ status: 0 });
        round++;
      }
      expect(await agent.end()).toMatchObject({ status: 0, stderr: '' });
    };
    await Promise.all(agents.map(turn));
    expect(await holders()).toEqual({});
    const text = await published(RFC_1);
    const turns = [0, 1, 2].flatMap((index) => [`turn 0 of ${index}`, `turn 1 of ${index}`]);
    for (const line of turns)
      expect(text.split('\n').filter((one) => one === line)).toEqual([line]);
    expect(text).not.toContain('stolen');
  });

  it('cannot commit what it does not hold by going round the hooks of its program', async () => {
    const [agent] = agents;
    if (!agent) throw new Error('no agent');
    appendFileSync(join(agent.tree, RFC_2), 'past the tool\n');
    const ran = await agent.bash('git commit --quiet -am "Past the tool"');
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toContain('RFC-002: document is not claimed');
  });
});

function contentOf(tree: string, path: string): string {
  return readFileSync(join(tree, path), 'utf8');
}
