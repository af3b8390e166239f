import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commit,
  commitAll,
  configure,
  expectPassed,
  expectRefused,
  guardedClone,
  putLease,
  RFC_1,
  RFC_2,
  STORY,
  startOver,
} from './guarded.ts';

const NEW = { 'docs/rfcs/RFC-050-new.md': '# New\n' };
const FOLDER = 'docs/rfcs/RFC-003-a-folder';
const LONG = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('');

describe('new documents', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({
      ...DOCUMENTS,
      [`${FOLDER}/index.md`]: '# Three\n',
      'docs/rfcs/RFC-004-long.md': `${LONG}four\n`,
      'docs/rfcs/RFC-005-long.md': `${LONG}five\n`,
      'drafts/idea.md': LONG,
    });
    clone = await guardedClone(sandbox);
  });
  afterEach(async () => {
    await startOver(clone);
    for (const ref of (
      await sandbox.git(
        sandbox.remote,
        'for-each-ref',
        '--format=%(refname)',
        'refs/lazyspec/leases',
      )
    ).split('\n')) {
      if (ref) await sandbox.git(sandbox.remote, 'update-ref', '-d', ref);
    }
  });
  afterAll(() => sandbox.dispose());

  /** The configuration of the work tree is what counts; it is not committed here. */
  function settings(create: string): Promise<void> {
    return configure(clone, `[coordination]\n[gate]\ncreate = "${create}"\n`);
  }

  describe('under create = "any"', () => {
    it('need any lease of mine', async () => {
      clone.write(NEW);
      expectRefused(await commitAll(clone), 'RFC-050');
      await claim(clone, 'STORY-042');
      expectPassed(await commitAll(clone));
    });

    it('need one that has not expired', async () => {
      const then = now() - 100;
      await putLease(sandbox, 'story/STORY-042', {
        ...{ agent: 'agent-a', acquired: then - 60, expires: then, ttl: 60 },
      });
      clone.write(NEW);
      expectRefused(await commitAll(clone), 'RFC-050');
    });

    it('need one of mine, not of somebody else', async () => {
      const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
      await putLease(sandbox, 'story/STORY-042', other);
      clone.write(NEW);
      expectRefused(await commitAll(clone), 'RFC-050');
    });

    it('are refused where somebody else has claimed the id', async () => {
      const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
      await putLease(sandbox, 'rfc/RFC-050', other);
      await claim(clone, 'STORY-042');
      clone.write(NEW);
      const ran = await commitAll(clone);
      expectRefused(ran, 'RFC-050');
      expect(ran.stderr).toContain("held by 'agent-b'");
    });

    it('do not let a change of an old document through beside them', async () => {
      await claim(clone, 'STORY-042');
      clone.write({ ...NEW, [RFC_1]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-001');
    });
  });

  it('need a lease of their own under create = "own"', async () => {
    await settings('own');
    clone.write(NEW);
    await claim(clone, 'STORY-042');
    expectRefused(await commitAll(clone), 'RFC-050');
    await claim(clone, 'RFC-050');
    expectPassed(await commitAll(clone));
  });

  it('need nothing under create = "off", where old ones still do', async () => {
    await settings('off');
    clone.write(NEW);
    expectPassed(await commitAll(clone));
    clone.write({ [STORY]: '# New\n' });
    expectRefused(await commitAll(clone), 'STORY-042');
    await startOver(clone);
  });

  describe('are not', () => {
    it('a new file in the folder of an old document', async () => {
      await settings('off');
      clone.write({ [`${FOLDER}/figure.svg`]: '<svg/>' });
      await clone.git('add', FOLDER);
      expectRefused(await commit(clone), 'RFC-003');
    });

    it('a second file beside that of an old document', async () => {
      await settings('off');
      clone.write({ 'docs/rfcs/RFC-001-appendix.md': '# More\n' });
      expectRefused(await commitAll(clone), 'RFC-001');
    });

    it('an old document under a new id', async () => {
      await settings('off');
      await clone.git('mv', RFC_1, 'docs/rfcs/RFC-009-some-title.md');
      await claim(clone, 'RFC-001');
      expectRefused(await commit(clone), 'RFC-009');
    });

    it('an old folder under a new id', async () => {
      await settings('off');
      await clone.git('mv', FOLDER, 'docs/rfcs/RFC-009-a-folder');
      await claim(clone, 'RFC-003');
      expectRefused(await commit(clone), 'RFC-009');
    });

    it('old documents that are edited on the way, however low diff.renameLimit is', async () => {
      await settings('off');
      await claim(clone, 'RFC-004', 'RFC-005');
      await clone.git('mv', 'docs/rfcs/RFC-004-long.md', 'docs/rfcs/RFC-014-long.md');
      await clone.git('mv', 'docs/rfcs/RFC-005-long.md', 'docs/rfcs/RFC-015-long.md');
      clone.write({
        'docs/rfcs/RFC-014-long.md': `${LONG}fourteen\n`,
        'docs/rfcs/RFC-015-long.md': `${LONG}fifteen\n`,
      });
      await clone.git('add', 'docs');
      expectRefused(await commit(clone), 'RFC-014', 'RFC-015');
      await clone.git('config', 'diff.renameLimit', '1');
      const ran = await commit(clone);
      await clone.git('config', '--unset', 'diff.renameLimit');
      expectRefused(ran, 'RFC-014', 'RFC-015');
    });
  });

  it('are those that come from an ungoverned folder', async () => {
    await settings('off');
    await clone.git('mv', 'drafts/idea.md', 'docs/rfcs/RFC-060-idea.md');
    expectPassed(await commit(clone));
  });

  it('are those that only look like an old one', async () => {
    await settings('off');
    clone.write({ 'docs/rfcs/RFC-061-copy.md': clone.read(RFC_2) });
    expectPassed(await commitAll(clone));
  });
});
