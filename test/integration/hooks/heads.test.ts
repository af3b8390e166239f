import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  install,
  RFC_1,
} from './guarded.ts';

describe('where HEAD may be', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  afterAll(() => sandbox.dispose());

  it.each(['sha1', 'sha256'])(
    'judges the first commit of a repository (%s), and takes any lease for its documents',
    async (format) => {
      const remote = join(sandbox.folder, `${format}.git`);
      await sandbox.git(
        sandbox.folder,
        ...['init', '--quiet', '--bare', `--object-format=${format}`, remote],
      );
      const clone = new Clone(sandbox, join(sandbox.folder, format));
      await sandbox.git(
        sandbox.folder,
        ...['init', '--quiet', `--object-format=${format}`, clone.path],
      );
      await clone.git('remote', 'add', 'origin', remote);
      await install(clone);

      clone.write(DOCUMENTS);
      expectRefused(await commitAll(clone), 'RFC-001', 'RFC-002', 'STORY-042');
      await claim(clone, 'STORY-042');
      expectPassed(await commitAll(clone));
      expect(await clone.git('rev-list', '--count', 'HEAD')).toBe('1');
    },
  );

  it('lets a first commit without documents pass', async () => {
    const clone = new Clone(sandbox, join(sandbox.folder, 'plain'));
    await sandbox.git(sandbox.folder, 'init', '--quiet', clone.path);
    await install(clone);
    clone.write({ '.lazyspec.toml': DOCUMENTS['.lazyspec.toml'], 'README.md': '# New\n' });
    expectPassed(await commitAll(clone));
  });

  it('judges a commit on a detached HEAD', async () => {
    const clone = await guardedClone(sandbox);
    await clone.git('checkout', '--quiet', '--detach');
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await claim(clone, 'RFC-001');
    expectPassed(await commitAll(clone));
  });
});
