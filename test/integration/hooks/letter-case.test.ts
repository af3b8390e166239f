import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { claim, expectPassed, guardedClone, push, RFC_1, sneak, startOver } from './guarded.ts';

const CONFIGURATION = `${DOCUMENTS['.lazyspec.toml']}
[[types]]
name = "rfc"
dir = "docs/rfcs"
prefix = "RFC"
[[types]]
name = "guide"
dir = "docs/guides"
prefix = "GUIDE"
match = ["Guide {n} {title}.md"]
`;

describe('a path that differs in the case of letters only', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({
      ...DOCUMENTS,
      '.lazyspec.toml': CONFIGURATION,
      'docs/guides/Guide 1 one.md': '# Guide\n',
      ['docs/rfcs/RFC-004-café.md'.normalize('NFC')]: '# Four\n',
    });
    clone = await guardedClone(sandbox);
    await claim(clone, 'RFC-001', 'RFC-004', 'RFC-005');
  });
  beforeEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  it.each([
    ['the folder of a folder of documents', 'Docs/rfcs/RFC-001-new.md', 'docs/rfcs'],
    ['a folder of documents', 'docs/RFCS/RFC-001-new.md', 'docs/rfcs'],
    ['a folder of documents, for a file that is none', 'docs/Rfcs/notes.txt', 'docs/rfcs'],
    ['a document', 'docs/rfcs/rfc-001-some-title.md', RFC_1],
    [
      'a document that a pattern names, for a file that is none',
      'docs/guides/guide 1 One.md',
      'docs/guides/Guide 1 one.md',
    ],
    [
      'how an accent is written',
      'docs/rfcs/RFC-004-café.md'.normalize('NFD'),
      'docs/rfcs/RFC-004-café.md',
    ],
  ])('is refused in a push and a range, also with a lease: %s', async (_, path, place) => {
    const commit = await sneak(clone, { [path]: '# In the other’s place\n' });
    const target = `origin HEAD:refs/heads/case-${commit}`.split(' ');
    const told = `'${path}' differs from '${place}' in the case`;
    const pushed = await push(clone, target);
    const ranged = await clone.lease([
      'gate',
      '--agent-id',
      'agent-a',
      '--range',
      'origin/main..HEAD',
    ]);
    expectOtherCase(pushed, told, commit);
    expectOtherCase(ranged, told, commit);
  });

  it('is refused where the push brings both', async () => {
    await sneak(clone, {
      'docs/rfcs/RFC-005-a.md': '# One\n',
      'docs/rfcs/RFC-005-A.md': '# Two\n',
    });
    expectOtherCase(await push(clone, ['origin', 'HEAD:refs/heads/both']), 'RFC-005-');
  });

  it('passes where it takes the place of the other, which is renamed', async () => {
    await clone.git('mv', RFC_1, 'docs/rfcs/RFC-001-Some-Title.md');
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Rename');
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/renamed']));
  });

  it('passes where there is none of ours', async () => {
    await sneak(clone, {
      'readme.md': '# x\n',
      'Docs/guide.md': '# x\n',
      'docs/rfcs/Notes': 'x\n',
    });
    await sneak(clone, { 'docs/rfcs/notes': 'x\n', 'docs/rfcs-old/x': 'x\n' });
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/none']));
  });

  it('that the remote has already does not keep other commits away, nor its own removal', async () => {
    await sneak(clone, {
      'Docs/rfcs/RFC-009-old.md': '# Old\n',
      'docs/rfcs/rfc-001-some-title.md': 'x\n',
    });
    await clone.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/heads/there');
    // No tracking ref says so: the remote is asked.
    await clone.git('update-ref', '-d', 'refs/remotes/origin/there');
    await sneak(clone, { 'README.md': '# Changed\n', [RFC_1]: '# Changed\n' });
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/there']));
    await clone.git('rm', '--quiet', 'Docs/rfcs/RFC-009-old.md', 'docs/rfcs/rfc-001-some-title.md');
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Remove');
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/there']));
  });
});

function expectOtherCase({ status, stderr }: Ran, told: string, commit = ''): void {
  expect(stderr).toContain(told);
  expect(stderr).toContain(`in commit ${commit.slice(0, 10)}`);
  expect(status).toBe(1);
}
