/** Refusals and results of very many documents: in words the first twenty, in JSON all. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentPath, manyDocuments, manyIds } from '../../helpers/many.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { commit, guardedClone, push, sneak } from './guarded.ts';

const COUNT = 200;
const IDS = manyIds(COUNT);
const CHANGES = Object.fromEntries(IDS.map((id) => [documentPath(id), '# New\n']));
/** Each of the twenty has its message, its file and its remedy. */
const MOST_LINES = 20 * 4 + 3;

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

describe('very many documents', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, ...manyDocuments(COUNT) });
    clone = await guardedClone(sandbox);
  });
  afterAll(() => sandbox.dispose());

  it('are refused to a commit in twenty, with a count and commands that see and claim all', async () => {
    clone.write(CHANGES);
    await clone.git('add', '--all');
    const { status, stderr } = await commit(clone);
    expect(status).toBe(1);
    expect(stderr).toContain(`lazyspec-hooks: ${COUNT} documents were refused`);
    expect(lines(stderr).length).toBeLessThanOrEqual(MOST_LINES);
    expect(stderr).toContain(`… and ${COUNT - 20} more; `);
    const [, all = ''] = /more; .*lazyspec-lease (.*) lists all/.exec(stderr) ?? [];
    expect(JSON.parse((await clone.lease(all.split(' '))).stdout).documents).toHaveLength(COUNT);
    const [, claim = ''] = /claim them all: .*lazyspec-lease (.*)/.exec(stderr) ?? [];
    const claimed = await clone.lease(claim.split(' '));
    expect(claimed).toMatchObject({ status: 0, stderr: '' });
    expect(lines(claimed.stdout)).toHaveLength(21);
    expect(claimed.stdout).toContain(`… and ${COUNT - 20} more; --json lists all`);
    expect(await commit(clone)).toMatchObject({ status: 0, stderr: '' });
  });

  it('are claimed, renewed, passed and released in twenty lines', async () => {
    for (const words of [
      ['claim', ...IDS],
      ['heartbeat', '--all'],
      ['release', '--all'],
    ]) {
      const ran = await clone.lease(words);
      expect({ status: ran.status, lines: lines(ran.stdout).length }).toEqual({
        status: 0,
        lines: 21,
      });
    }
    expect(await clone.json(['claim', ...IDS])).toHaveLength(COUNT);
    const gated = await clone.lease(['gate', ...IDS]);
    expect(gated.stdout.split(',')).toHaveLength(21);
    await clone.lease(['release', '--all']);
  });

  it('are refused to a claim and to a release in twenty', async () => {
    await clone.lease(['claim', ...IDS]);
    const env = { LAZYSPEC_AGENT_ID: 'agent-b' };
    for (const words of [
      ['claim', ...IDS],
      ['release', ...IDS],
    ]) {
      const { status, stderr } = await clone.lease(words, { env });
      expect(status).toBe(1);
      expect(lines(stderr).length).toBeLessThanOrEqual(20 * 8 + 3);
      expect(stderr).toContain(`… and ${COUNT - 20} more; --json lists all`);
      expect((await clone.json(words, { env })).error.documents).toHaveLength(COUNT);
    }
    const { stderr } = await clone.lease(['claim', ...IDS, '--wait', '1s'], { env });
    expect(lines(stderr)[0]?.length).toBeLessThan(3_000);
    await clone.lease(['release', '--all']);
  });

  it('are refused to a push in twenty, with a command that claims the first of them', async () => {
    await sneak(clone, Object.fromEntries(IDS.map((id) => [documentPath(id), '# Other\n'])));
    const { status, stderr } = await push(clone);
    expect(status).toBe(1);
    expect(lines(stderr).length).toBeLessThanOrEqual(MOST_LINES + 2);
    expect(stderr).toContain(`… and ${COUNT - 20} more\n`);
    const [, claim = ''] = /claim the first 20: .*lazyspec-lease (.*)/.exec(stderr) ?? [];
    expect(await clone.json(claim.split(' '))).toHaveLength(20);
  });

  it('are refused to an agent that edits them in a text that is bounded', async () => {
    const files = IDS.map((id) => ({ file_path: clone.at(documentPath(id)) }));
    const call = { tool_name: 'MultiEdit', tool_input: { edits: files }, cwd: clone.path };
    const input = JSON.stringify(call);
    const env = { CLAUDE_SESSION_ID: 'session-1' };
    const { status, stderr } = await clone.hooks(['agent', 'before-edit'], { input, env });
    expect(status).toBe(2);
    expect(stderr).toContain(`… and ${COUNT - 20} more`);
    expect(stderr.length).toBeLessThan(20_000);
  });
});

describe('claim --staged', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  it('claims the documents that a commit of what is staged changes', async () => {
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# New\n', 'README.md': '# New\n' });
    expect(await clone.lease(['claim', '--staged'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no document is staged'),
    });
    await clone.git('add', '--all');
    expect(await clone.json(['claim', '--staged'])).toMatchObject([{ id: 'RFC-001' }]);
  });

  it('is refused beside documents that are named', async () => {
    expect(await clone.lease(['claim', '--staged', 'RFC-001'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--staged names every document already'),
    });
  });
});
