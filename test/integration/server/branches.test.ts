import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone } from '../../helpers/sandbox.ts';
import { Person, pushRaw, Served } from '../../helpers/served.ts';

const ONE = 'docs/rfcs/RFC-001-some-title.md';
const TWO = 'docs/rfcs/RFC-002-another.md';
const MAIN = 'refs/heads/main';

let served: Served;
let ada: Person;
let bob: Person;

beforeEach(async () => {
  served = await Served.create();
  [ada, bob] = [await served.person('ada'), await served.person('bob')];
});
afterEach(() => served.dispose());

describe('a push to a branch', () => {
  it('is refused where it changes a document that nobody has claimed, and says how to claim it', async () => {
    const before = await served.at(MAIN);
    const commit = await ada.commit({ [ONE]: 'changed' });
    const pushed = await ada.push(['--no-verify', 'origin', 'HEAD']);
    expect(pushed.status).toBe(1);
    expect(pushed.stderr).toContain(
      'remote: lazyspec-hooks: RFC-001: document is not claimed. Run `lazyspec-lease claim RFC-001` first.',
    );
    expect(pushed.stderr).toContain(`changed: ${ONE} (in ${commit.slice(0, 10)})`);
    expect(await served.at(MAIN)).toBe(before);
  });

  it('passes with a lease of the pusher, and is refused with that of another', async () => {
    expect((await ada.lease(['claim', 'RFC-001'])).status).toBe(0);
    await bob.commit({ [ONE]: 'by bob' });
    const refused = await bob.push(['origin', 'HEAD']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("document is not claimed by you (held by 'ada')");
    await ada.commit({ [ONE]: 'by ada' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(0);
  });

  it('passes where it changes nothing governed', async () => {
    await ada.commit({ 'README.md': 'changed', 'src/code.ts': 'x' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(0);
  });

  it('is refused with a lease that has run out', async () => {
    await ada.lease(['claim', 'RFC-001', '--for', '2s']);
    await ada.commit({ [ONE]: 'late' });
    await new Promise((resolve) => setTimeout(resolve, 3500));
    const pushed = await ada.push(['origin', 'HEAD']);
    expect(pushed.stderr).toContain('RFC-001: your lease expired');
    expect(pushed.status).toBe(1);
  });

  it('judges every commit, also where a later one takes a change back', async () => {
    await ada.commit({ [ONE]: 'changed' });
    await ada.commit({ [ONE]: '# One\n' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(1);
  });

  it('knows deleted, renamed and executable documents', async () => {
    await ada.git('rm', '--quiet', ONE);
    await ada.git('mv', TWO, 'elsewhere.md');
    await ada.git('update-index', '--chmod=+x', 'docs/stories/STORY-042-a-story.md');
    await ada.git('commit', '--quiet', '--message', 'All');
    const { status, stderr } = await ada.push(['origin', 'HEAD']);
    expect(status).toBe(1);
    for (const id of ['RFC-001', 'RFC-002', 'STORY-042']) expect(stderr).toContain(id);
    expect(stderr).toContain('3 documents were refused');
    expect(stderr).toContain('lazyspec-lease claim RFC-001 RFC-002 STORY-042');
  });

  it('tells of names that would steer a terminal, and does not let them', async () => {
    await ada.commit({ 'docs/rfcs/RFC-001-\u001b[31m\nremote: fine ä.md': 'x' });
    const { status, stderr } = await ada.push(['origin', 'HEAD']);
    expect(status).toBe(1);
    expect(stderr).toContain('changed: docs/rfcs/RFC-001-[31m remote: fine ä.md (in ');
    expect(stderr).not.toContain('\u001b[31m');
  });

  it('is all or none: a branch that may be pushed does not get through beside one that may not', async () => {
    await ada.commit({ 'README.md': 'fine' });
    await ada.git('branch', 'fine');
    await ada.commit({ [ONE]: 'not fine' });
    const pushed = await ada.push(['--atomic', 'origin', 'fine', 'HEAD']);
    expect(pushed.status).toBe(1);
    expect(await served.at('refs/heads/fine')).toBe('');
  });

  it('leaves tags and other refs alone', async () => {
    await ada.commit({ [ONE]: 'changed' });
    await ada.git('tag', 'v1');
    expect((await ada.push(['origin', 'v1', 'HEAD:refs/notes/x'])).status).toBe(0);
  });

  it('lets a new document be created by who holds any lease, and by nobody else', async () => {
    await ada.commit({ 'docs/rfcs/RFC-050-new.md': 'new' });
    const refused = await ada.push(['origin', 'HEAD']);
    expect(refused.stderr).toContain('RFC-050: document is not claimed');
    await ada.lease(['claim', 'RFC-002']);
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(0);
  });

  it('does not take a second file beside those of an old document for a new one', async () => {
    await ada.lease(['claim', 'RFC-002']);
    await ada.commit({ 'docs/rfcs/RFC-001-second.md': 'more' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(1);
  });

  it('does not count a lease that comes with the same push', async () => {
    await bob.lease(['claim', 'RFC-001']);
    await bob.git('fetch', '--quiet', 'origin', 'refs/lazyspec/leases/*:refs/lazyspec/leases/*');
    const lease = await bob.git('rev-parse', 'refs/lazyspec/leases/rfc/RFC-001');
    await bob.lease(['release', 'RFC-001']);
    await bob.commit({ [ONE]: 'both at once' });
    const both = `${lease}:refs/lazyspec/leases/rfc/RFC-001`;
    const pushed = await bob.push(['--atomic', 'origin', 'HEAD', both]);
    expect(pushed.status).toBe(1);
    expect(pushed.stderr).toContain('RFC-001: document is not claimed');
  });

  it('may give the lease back in the same push', async () => {
    await ada.lease(['claim', 'RFC-001']);
    await ada.commit({ [ONE]: 'done' });
    const release = ':refs/lazyspec/leases/rfc/RFC-001';
    expect((await ada.push(['--atomic', 'origin', 'HEAD', release])).status).toBe(0);
    expect(await served.at('refs/lazyspec/leases/rfc/RFC-001')).toBe('');
  });
});

describe('a new branch', () => {
  it('is judged by the rules of the default branch', async () => {
    await ada.git('checkout', '--quiet', '-b', 'feature');
    await ada.commit({ [ONE]: 'changed' });
    expect((await ada.push(['origin', 'feature'])).status).toBe(1);
    await ada.lease(['claim', 'RFC-001']);
    expect((await ada.push(['origin', 'feature'])).status).toBe(0);
  });

  it('cannot loosen its own rules', async () => {
    await ada.git('checkout', '--quiet', '-b', 'feature');
    await ada.commit({ '.lazyspec.toml': '' });
    await ada.commit({ [ONE]: 'changed' });
    const pushed = await ada.push(['origin', 'feature']);
    expect(pushed.stderr).toContain('RFC-001: document is not claimed');
  });

  it('brings nothing where another branch has its commits already', async () => {
    await ada.lease(['claim', 'RFC-001']);
    await ada.git('checkout', '--quiet', '-b', 'feature');
    await ada.commit({ [ONE]: 'changed' });
    await ada.push(['origin', 'feature']);
    await bob.git('fetch', '--quiet');
    expect((await bob.push(['origin', 'origin/feature:refs/heads/mine'])).status).toBe(0);
  });

  it('without a common history is judged whole', async () => {
    await ada.git('checkout', '--quiet', '--orphan', 'other');
    await ada.commit({ 'docs/rfcs/RFC-001-other.md': 'other' });
    expect((await ada.push(['origin', 'other'])).status).toBe(1);
  });
});

describe('a merge', () => {
  it('of the default branch into another is nobody’s to answer for', async () => {
    await bob.git('checkout', '--quiet', '-b', 'feature');
    await bob.commit({ 'README.md': 'bob' });
    await bob.push(['origin', 'feature']);
    await ada.lease(['claim', 'RFC-001']);
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'HEAD']);
    await bob.git('fetch', '--quiet');
    await bob.git('merge', '--quiet', '--no-edit', 'origin/main');
    expect((await bob.push(['origin', 'feature'])).status).toBe(0);
    // And of one that is older than the default branch has become by now.
    await ada.commit({ [ONE]: 'by ada again' });
    const older = await ada.git('rev-parse', 'HEAD');
    await ada.commit({ [ONE]: 'and again' });
    await ada.push(['origin', 'HEAD']);
    await bob.git('fetch', '--quiet');
    await bob.git('merge', '--quiet', '--no-edit', older);
    const again = await bob.push(['origin', 'feature']);
    expect(again.stderr).not.toContain('remote: ');
    expect(again.status).toBe(0);
  });

  it('into the default branch is judged there, whatever another branch took', async () => {
    await ada.lease(['claim', 'RFC-001']);
    await ada.git('checkout', '--quiet', '-b', 'feature');
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'feature']);
    await bob.git('fetch', '--quiet');
    await bob.git('merge', '--quiet', '--no-ff', '--no-edit', 'origin/feature');
    const pushed = await bob.push(['origin', 'HEAD:main']);
    expect(pushed.stderr).toContain("RFC-001: document is not claimed by you (held by 'ada')");
    await ada.git('checkout', '--quiet', 'main');
    await ada.git('merge', '--quiet', '--no-ff', '--no-edit', 'feature');
    expect((await ada.push(['origin', 'main'])).status).toBe(0);
  });

  it('cannot bring back what a document was long ago', async () => {
    const begin = await ada.git('rev-parse', 'HEAD');
    await ada.lease(['claim', 'RFC-001']);
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'HEAD']);
    await bob.git('pull', '--quiet');
    // Each file is as in one of the parents: of the merge itself nothing is to be seen.
    const tip = await bob.git('rev-parse', 'HEAD');
    const tree = await bob.git('rev-parse', `${begin}^{tree}`);
    const merge = await bob.git('commit-tree', tree, '-p', tip, '-p', begin, '-m', 'Merge');
    const pushed = await bob.push(['origin', `${merge}:main`]);
    expect(pushed.stderr).toContain('RFC-001: document is not claimed by you');
    expect(pushed.status).toBe(1);
  });
});

describe('a push that drops commits', () => {
  it('of the default branch asks for the documents that go back', async () => {
    await ada.lease(['claim', 'RFC-001']);
    const begin = await ada.git('rev-parse', 'HEAD');
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'HEAD']);
    const back = `+${begin}:main`;
    const refused = await bob.push(['origin', back]);
    expect(refused.stderr).toContain('RFC-001: document is not claimed by you');
    expect((await ada.push(['origin', back])).status).toBe(0);
  });

  it('of another branch asks for what that branch had changed', async () => {
    await ada.lease(['claim', 'RFC-001']);
    await ada.git('checkout', '--quiet', '-b', 'feature');
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'feature']);
    const refused = await bob.push(['--force', 'origin', 'HEAD:feature']);
    expect(refused.stderr).toContain('RFC-001: document is not claimed by you');
  });

  it('passes as a rebase onto a default branch in which others have changed documents', async () => {
    await bob.git('checkout', '--quiet', '-b', 'feature');
    await bob.lease(['claim', 'RFC-002']);
    await bob.commit({ [TWO]: 'by bob' });
    await bob.push(['origin', 'feature']);
    await ada.lease(['claim', 'RFC-001']);
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'HEAD']);
    await bob.git('fetch', '--quiet');
    await bob.git('rebase', '--quiet', 'origin/main');
    const pushed = await bob.push(['--force', 'origin', 'feature']);
    expect(pushed.stderr).not.toContain('remote: ');
    expect(pushed.status).toBe(0);
  });
});

describe('a branch that is deleted', () => {
  it('goes, unless it is the default branch, whose rules hold', async () => {
    await ada.push(['origin', 'HEAD:refs/heads/extra']);
    expect((await ada.push(['origin', ':extra'])).status).toBe(0);
    await served.set('receive.denyDeleteCurrent', 'ignore');
    const refused = await ada.push(['origin', ':main']);
    expect(refused.stderr).toContain("'main' holds the rules of this repository, and stays");
    expect(await served.at(MAIN)).not.toBe('');
  });
});

describe('what git would believe', () => {
  it('does not count: a branch is what it is, whatever old value the push names', async () => {
    await served.set('receive.denyDeleteCurrent', 'ignore');
    const before = await served.at(MAIN);
    const { stdout, stderr } = await pushRaw(served, 'bob', 'f'.repeat(40), '0'.repeat(40), MAIN);
    expect(stdout + stderr).toContain('pre-receive hook declined');
    expect(await served.at(MAIN)).toBe(before);
  });

  it('does not count: a branch that is another name of the default branch', async () => {
    await served.git('symbolic-ref', 'refs/heads/master', MAIN);
    await ada.lease(['claim', 'RFC-001']);
    const begin = await ada.git('rev-parse', 'HEAD');
    await ada.commit({ [ONE]: 'by ada' });
    await ada.push(['origin', 'HEAD:master']);
    expect(await served.at(MAIN)).not.toBe(begin);
    const back = await bob.push(['origin', `+${begin}:master`]);
    expect(back.stderr).toContain('RFC-001: document is not claimed by you');
  });

  it('does not count: an object that somebody has pushed in the place of another', async () => {
    const tip = await ada.git('rev-parse', 'HEAD');
    await ada.git('checkout', '--quiet', '--orphan', 'other');
    const open = await ada.commit({ '.lazyspec.toml': '' });
    await ada.git('checkout', '--quiet', 'main');
    expect((await ada.push(['origin', `${open}:refs/replace/${tip}`])).status).toBe(0);
    await ada.commit({ [ONE]: 'changed' });
    const pushed = await ada.push(['origin', 'HEAD']);
    expect(pushed.stderr).toContain('RFC-001: document is not claimed');
  });
});

describe('a shallow clone', () => {
  it('pushes what it has claimed', async () => {
    await ada.commit({ 'README.md': 'more' });
    await ada.push(['origin', 'HEAD']);
    const url = `file://${served.remote}`;
    await served.sandbox.git(served.sandbox.folder, 'clone', '-q', '--depth=1', url, 'shallow');
    const clone = new Clone(served.sandbox, join(served.sandbox.folder, 'shallow'));
    const eve = new Person('eve', clone);
    await eve.git('config', 'user.name', 'eve');
    await eve.commit({ [ONE]: 'by eve' });
    expect((await eve.push(['origin', 'HEAD'])).status).toBe(1);
    expect((await eve.lease(['claim', 'RFC-001'])).status).toBe(0);
    expect((await eve.push(['origin', 'HEAD'])).status).toBe(0);
  });
});
