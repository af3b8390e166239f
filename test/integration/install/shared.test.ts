/** Repositories that several users write to, each with a umask of their own. */
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DOCUMENTS, HOOKS, run, Sandbox } from '../../helpers/sandbox.ts';

describe('our folder in the git directory, under umask 077,', () => {
  let sandbox: Sandbox;
  let number = 0;
  beforeAll(async () => {
    const config = `${DOCUMENTS['.lazyspec.toml']}[comfort]\nread_only = true\n`;
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': config });
  });
  afterAll(() => sandbox.dispose());

  const FILES = ['', '/program.sh', '/governed.sh', '/read-only-.git'];

  /** The modes after an install, with a file that git has made at the same time. */
  async function modes(...config: string[]): Promise<Record<string, string>> {
    const clone = await sandbox.clone(`clone-${++number}`);
    for (const line of config) await clone.git('config', ...line.split(' '));
    const acts = `umask 077 && node '${HOOKS}' install --quiet && git pack-refs --all`;
    const ran = await run('sh', ['-c', acts], { cwd: clone.path, env: sandbox.env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const mode = (path: string) => (statSync(clone.at(path)).mode & 0o7777).toString(8);
    return {
      git: mode('.git/packed-refs'),
      ...Object.fromEntries(FILES.map((name) => [name, mode(`.git/lazyspec${name}`)])),
    };
  }

  it.each([
    ['is for its user alone, unless it is shared', [], '700', '644', '600', '600'],
    ['is for the group', ['core.sharedRepository TRUE'], '2770', '664', '660', '660'],
    [
      'has exactly the mode that is asked for, also for writing',
      ['core.sharedRepository 0660'],
      '2770',
      '660',
      '660',
      '660',
    ],
    ['can be read by all', ['core.sharedRepository all'], '2775', '664', '664', '664'],
    [
      'has exactly the mode that is asked for',
      ['core.sharedRepository 0640'],
      '2750',
      '640',
      '640',
      '640',
    ],
    [
      'is not shared by a key of another section',
      ['other.sharedRepository all'],
      '700',
      '644',
      '600',
      '600',
    ],
  ])('%s', async (_, config, folder, program, others, git) => {
    expect(await modes(...config)).toEqual({
      git,
      '': folder,
      '/program.sh': program,
      '/governed.sh': others,
      '/read-only-.git': others,
    });
  });
});
