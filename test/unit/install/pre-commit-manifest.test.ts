import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PACKAGE } from '../../helpers/sandbox.ts';

interface Hook {
  id: string;
  entry: string;
  stages: string[];
}

describe('.pre-commit-hooks.yaml', () => {
  const hooks = parse(readFileSync(join(PACKAGE, '.pre-commit-hooks.yaml'), 'utf8')) as Hook[];

  it('has the hooks that pre-commit runs rightly: of pre-push it shows the first ref only', () => {
    expect(hooks.map(({ id }) => id)).toEqual(
      ['pre-commit', 'pre-merge-commit', 'commit-msg'].map((hook) => `lazyspec-${hook}`),
    );
  });

  it.each(hooks.map((hook) => [hook.id, hook] as const))(
    'runs %s always, at its own stage',
    (_, hook) => {
      const name = hook.id.replace('lazyspec-', '');
      expect(hook).toMatchObject({
        entry: expect.stringMatching(`lazyspec-hooks (--verdict )?run ${name}`),
        stages: [name],
        always_run: true,
        pass_filenames: name === 'commit-msg', // the file with the message
      });
    },
  );
});
