/** More documents at once than the hook's own note holds: what is known of their leases is not read again. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import { documentPath, manyDocuments, manyIds } from '../../helpers/many.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { traceGit } from '../../helpers/traced.ts';
import { claim, expectPassed, expectRefused, guardedClone, putLease } from './guarded.ts';

const IDS = manyIds(101);
const [FIRST = ''] = IDS;
const NOTE = '.git/lazyspec/noted-leases.json';
const ref = (id: string) => `refs/lazyspec/leases/rfc/${id}`;

describe('a commit of very many documents', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, ...manyDocuments(101) });
    clone = await guardedClone(sandbox);
    clone.write(Object.fromEntries(IDS.map((id) => [documentPath(id), '# New\n'])));
    await clone.git('add', '--all');
  });
  beforeEach(() => claim(clone, ...IDS));
  afterAll(() => sandbox.dispose());

  /** The processes of git that it took to ask, once, and pass. */
  async function processes(): Promise<string[]> {
    const trace = traceGit(sandbox.folder);
    const env = { ...trace.env, LAZYSPEC_BACKEND: 'git' };
    expectPassed(await clone.hooks(['run', 'pre-commit'], { env }));
    const found = trace.read();
    trace.dispose();
    expect(found.connections).toBe(1);
    return found.processes.sort();
  }

  const QUICKLY = ['cat-file', 'config', 'diff-index', 'fetch'];
  const READING = [...QUICKLY, 'cat-file'].sort();

  const judge = () => clone.hooks(['run', 'pre-commit']);
  const lease = (agent: string, expires: number) => {
    return { agent, acquired: now() - 900, expires, ttl: 600 };
  };

  it('reads no lease that was claimed or renewed here', async () => {
    expect(await processes()).toEqual(QUICKLY);
    expect(await clone.lease(['heartbeat', '--all'])).toMatchObject({ status: 0 });
    expect(await processes()).toEqual(QUICKLY);
  });

  it('reads them once where one was renewed elsewhere, and where nothing is noted', async () => {
    await putLease(sandbox, `rfc/${FIRST}`, lease('agent-a', now() + 600));
    expect(await processes()).toEqual(READING);
    expect(await processes()).toEqual(QUICKLY);
    rmSync(clone.at(NOTE));
    expect(await processes()).toEqual(READING);
    expect(await processes()).toEqual(QUICKLY);
  });

  it.each(['', '[1', '{"a":', '{}', '[]', 'null', `{"${ref(FIRST)}":{"state":"held"}}`])(
    'reads them where the note is damaged: %j',
    async (text) => {
      writeFileSync(clone.at(NOTE), text);
      expect(await processes()).toEqual(READING);
    },
  );

  it('is refused where one is gone from the remote', async () => {
    await sandbox.git(sandbox.remote, 'update-ref', '-d', ref(FIRST));
    expectRefused(await judge(), FIRST);
  });

  it('is refused where somebody else has taken one', async () => {
    await putLease(sandbox, `rfc/${FIRST}`, lease('agent-b', now() + 600));
    const ran = await judge();
    expectRefused(ran, FIRST);
    expect(ran.stderr).toContain("held by 'agent-b'");
    await sandbox.git(sandbox.remote, 'update-ref', '-d', ref(FIRST));
  });

  it('is refused to another agent of the same clone, who is told how long they were watched', async () => {
    const env = { LAZYSPEC_AGENT_ID: 'agent-b' };
    const ran = await clone.hooks(['run', 'pre-commit'], { env });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("held by 'agent-a'");
    expect(clone.read('.git/lazyspec/observed.json')).toContain(ref(FIRST));
  });

  it('is refused where one has run out meanwhile', async () => {
    await putLease(sandbox, `rfc/${FIRST}`, lease('agent-a', now() + 2));
    expect(await processes()).toEqual(READING);
    expect(await processes()).toEqual(QUICKLY);
    await expectRefusedSoon();
  });

  async function expectRefusedSoon(): Promise<void> {
    for (let ran = await judge(); ; ran = await judge()) {
      if (ran.status === 0) continue;
      expectRefused(ran, FIRST);
      expect(ran.stderr).toContain('your lease expired');
      return;
    }
  }
});
