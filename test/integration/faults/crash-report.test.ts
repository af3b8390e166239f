import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { createGit } from '../../../src/git/run.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

it.each(['.', 'docs/rfcs'])(
  'no crash report of fast-import stays behind (in %s)',
  async (folder) => {
    const sandbox = await Sandbox.create();
    try {
      const clone = await sandbox.clone('agent-a');
      const git = createGit({ cwd: clone.at(folder), env: sandbox.env });
      const ran = await git(['fast-import', '--quiet', '--done'], { input: 'blob\n' });
      expect(ran.stderr).toContain('fast_import_crash_');
      expect(readdirSync(clone.at('.git')).filter((name) => /crash/.test(name))).toEqual([]);
    } finally {
      sandbox.dispose();
    }
  },
);
