/** A type whose name differs between branches: the name is part of the ref, the document is one. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { Served } from '../../helpers/served.ts';
import {
  claim,
  commit,
  commitAll,
  configure,
  expectPassed,
  guardedClone,
  push,
  putLease,
  RFC_1,
  setRules,
  sneak,
} from './guarded.ts';

const OLD = 'refs/lazyspec/leases/rfc/RFC-001';
const NEW = 'refs/lazyspec/leases/spec/RFC-001';
const HELD_BY_ADA = "RFC-001: document is not claimed by you (held by 'ada')";

function rules(name: string, prefix = 'RFC', more = ''): string {
  const type = `name = "${name}"\nplural = "${name}s"\ndir = "docs/rfcs"\nprefix = "${prefix}"\n`;
  return `[[types]]\n${type}${more}[coordination]\n`;
}

describe('a type that is renamed on a branch', () => {
  let sandbox: Sandbox;
  let ada: Clone;
  let ben: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': rules('rfc') });
    ada = await guardedClone(sandbox, 'ada');
    ben = await guardedClone(sandbox, 'ben');
    await ben.git('switch', '--quiet', '--create', 'rename');
    await configure(ben, rules('spec'));
  });
  afterEach(() => sandbox.dispose());

  function expectBoth(text: string): void {
    expect(text).toContain(
      `${HELD_BY_ADA} under its other name, rfc/RFC-001; here it is spec/RFC-001`,
    );
    expect(text).toContain(`held as ${OLD}; here its type is 'spec' (${NEW})`);
    expect(text).toContain('RFC-001 --expected-holder ada');
    expect(text).not.toContain('--force');
  }

  async function change(clone: Clone): Promise<void> {
    clone.write({ [RFC_1]: `# By ${clone.path}\n` });
    await clone.git('add', RFC_1);
  }

  it('lets nobody claim what another holds under the old name', async () => {
    await claim(ada, 'RFC-001');
    for (const args of [['RFC-001'], [RFC_1], ['RFC-001', '--force']]) {
      const { status, stderr } = await ben.lease(['claim', ...args]);
      expect(status).toBe(1);
      expectBoth(stderr);
    }
    expect((await ben.json(['claim', 'RFC-001'])).error.code).toBe('HELD_BY_OTHER');
    expect(await sandbox.git(sandbox.remote, 'for-each-ref', NEW)).toBe('');
  });

  it('refuses a commit, an edit, a gate, a push and a range of one who holds the new name only', async () => {
    await claim(ben, 'RFC-001');
    await claim(ada, 'RFC-001');
    await change(ada);
    expectPassed(await commit(ada));
    await change(ben);
    const refused = await commit(ben);
    expect(refused.status).toBe(1);
    expectBoth(refused.stderr);
    expectBoth((await ben.lease(['gate', 'RFC-001'])).stderr);
    const input = JSON.stringify({ tool_input: { file_path: ben.at(RFC_1) } });
    const edit = await ben.hooks(['agent', 'before-edit'], { input });
    expect(edit.status).toBe(2);
    expect(edit.stderr).toContain(`held as ${OLD}`);
    await sneak(ben, { [RFC_1]: '# By Ben\n' });
    expect((await push(ben)).stderr).toContain(HELD_BY_ADA);
    const ranged = await ben.lease(['gate', '--range', 'HEAD~1..HEAD']);
    expect(ranged.stderr).toContain("document is held by 'ada'");
    expect(ranged.stderr).toContain(`held as ${OLD}`);
  });

  it('is seen by one who has fetched it and works on the branch from before', async () => {
    await claim(ada, 'RFC-001');
    await change(ada);
    expectPassed(await commit(ada));
    expect(await ada.lease(['release', '--all'])).toMatchObject({ status: 0 });
    await setRules(sandbox, rules('spec'));
    await ben.git('fetch', '--quiet');
    await claim(ben, 'RFC-001');
    await ada.git('fetch', '--quiet');
    const { status, stderr } = await ada.lease(['claim', 'RFC-001']);
    expect(status).toBe(1);
    expect(stderr).toContain("held by 'ben') under its other name, spec/RFC-001");
  });

  it('takes the fast path of the hook away once another branch is fetched that renames it', async () => {
    await claim(ada, 'RFC-001');
    await change(ada);
    expectPassed(await commit(ada));
    await setRules(sandbox, rules('spec'));
    await ben.git('fetch', '--quiet');
    // As one who has not fetched yet what Ada was working by.
    await ben.git('update-ref', '-d', 'refs/remotes/origin/HEAD');
    await claim(ben, 'RFC-001');
    await ada.git('fetch', '--quiet');
    await ada.git('reset', '--quiet', '--hard');
    for (const text of ['# Again\n', '# And again\n']) {
      ada.write({ [RFC_1]: text });
      const { status, stderr } = await commitAll(ada);
      expect(status).toBe(1);
      expect(stderr).toContain("held by 'ben') under its other name, spec/RFC-001");
    }
  });

  it('tells who holds the old name to claim under the new one, and releases the old one after it', async () => {
    await claim(ada, 'RFC-001');
    await ada.git('switch', '--quiet', '--create', 'rename');
    await configure(ada, rules('spec'));
    await change(ada);
    const { status, stderr } = await commit(ada);
    expect(status).toBe(1);
    expect(stderr).toContain('RFC-001: document is not claimed.');
    expect(stderr).toContain(`you hold ${OLD}; here its type is 'spec' (${NEW})`);
    await claim(ada, 'RFC-001');
    expectPassed(await commit(ada));
    for (const left of [OLD, '']) {
      expect(await ada.lease(['release', 'RFC-001'])).toMatchObject({ status: 0 });
      const refs = await sandbox.git(
        sandbox.remote,
        'for-each-ref',
        '--format=%(refname)',
        OLD,
        NEW,
      );
      expect(refs).toBe(left);
    }
  });

  it('shows and releases, as an administrator, the lease under the old name', async () => {
    await claim(ada, 'RFC-001');
    expect(await ben.json(['show', 'RFC-001'])).toMatchObject({ ref: OLD, agent: 'ada' });
    const words = ['release', 'RFC-001', '--expected-holder', 'ada'];
    expect(await ben.lease(words)).toMatchObject({ status: 0 });
    await claim(ben, 'RFC-001');
    await change(ben);
    expectPassed(await commit(ben));
  });

  it('is one document also where its prefix and its pattern change with it', async () => {
    const match = 'match = "{n:04}-{title}.md"\n';
    await setRules(sandbox, rules('rfc', 'RFC', match));
    await ada.git('pull', '--quiet', '--no-rebase');
    await sneak(ada, { 'docs/rfcs/0042-colours.md': '# Colours\n' });
    await ada.git('push', '--quiet', '--no-verify', 'origin', 'HEAD');
    await claim(ada, 'RFC-0042');
    await ben.git('fetch', '--quiet');
    await ben.git('reset', '--quiet', '--hard', 'origin/main');
    await configure(ben, rules('decision', 'DEC', match));
    for (const name of ['DEC-0042', 'docs/rfcs/0042-colours.md']) {
      const { status, stderr } = await ben.lease(['claim', name]);
      expect(status).toBe(1);
      expect(stderr).toContain('under its other name, rfc/RFC-0042; here it is decision/DEC-0042');
    }
  });
});

describe('on a server, a type that is renamed', () => {
  let served: Served;

  beforeEach(async () => {
    served = await Served.create();
  });
  afterEach(() => served.dispose());

  it('lets nobody push a document to an old branch that another holds under the new name', async () => {
    const [ada, bob] = [await served.person('ada'), await served.person('bob')];
    await bob.clone.git('switch', '--quiet', '--create', 'old');
    expect((await bob.push(['origin', 'HEAD'])).status).toBe(0);
    expect((await bob.lease(['claim', 'RFC-001'])).status).toBe(0);
    await ada.commit({ '.lazyspec.toml': rules('spec') });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(0);
    const lease = { agent: 'ada', acquired: now(), expires: now() + 600, ttl: 600 };
    await putLease(served.sandbox, 'spec/RFC-001', lease);
    await bob.commit({ [RFC_1]: '# By Bob\n' });
    const { status, stderr } = await bob.push(['origin', 'HEAD']);
    expect(status).toBe(1);
    expect(stderr).toContain("held by 'ada') under its other name, spec/RFC-001");
  });
});
