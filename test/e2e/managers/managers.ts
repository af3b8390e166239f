/** The hook managers as their users set them up, each with jobs of its own. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { VERSIONS } from '../../helpers/managers.ts';

export const TITLES = [
  'git',
  'git 2.54',
  'husky',
  'lefthook',
  'pre-commit',
  'prek',
  'simple-git-hooks',
  'lint-staged',
] as const;

/** The columns of the table. */
export type Title = (typeof TITLES)[number];

export interface SetUp {
  title: Title;
  /** From the npm registry. */
  packages: readonly (keyof typeof VERSIONS)[];
  files: Record<string, string>;
  manifest?: Record<string, unknown>;
  /** What its users type, once, in each clone. */
  lines: readonly string[];
  /** Of `lazyspec-hooks install`. */
  args: readonly string[];
  /** The manager that install has to find. */
  found: string;
  /** A folder to be put in front of PATH. */
  path?: string;
  /** Why it cannot be tried here. */
  missing?: string;
}

/** What its jobs run: notes that it ran, and before a push what git says on stdin. */
export const MARK = 'jobs/mark.sh';
export const MARK_SCRIPT = `[ -n "$MARKS" ] || exit 0
echo "$1" >>"$MARKS"
[ "$1" != pre-push ] || cat >>"$MARKS"
`;

const mark = (hook: string) => `sh ${MARK} ${hook}`;

export function setUps(): SetUp[] {
  const newer = newerGit();
  const program = onPath('pre-commit');
  const preCommitFiles = {
    '.pre-commit-config.yaml': `# What runs before a commit
repos:
  - repo: local
    hooks:
      - id: lint
        name: lint # every file
        entry: ${mark('pre-commit')}
        language: system
        always_run: true
        pass_filenames: false
        stages: [commit]
      - id: pushed
        name: pushed
        entry: ${mark('pre-push')}
        language: system
        always_run: true
        pass_filenames: false
        stages: [push]
`,
  };
  const plain = { packages: [], files: {}, args: [], found: 'git' };
  return [
    {
      ...plain,
      title: 'git',
      lines: [hookFile('pre-commit', mark('pre-commit')), hookFile('pre-push', mark('pre-push'))],
    },
    {
      ...plain,
      title: 'git 2.54',
      lines: ['pre-commit', 'pre-push'].flatMap((hook) => [
        `git config hook.own-${hook}.event ${hook}`,
        `git config hook.own-${hook}.command '${mark(hook)}'`,
      ]),
      ...(newer ? { path: newer } : { missing: 'no git 2.54' }),
    },
    {
      title: 'husky',
      packages: ['husky'],
      files: {
        '.husky/pre-commit': `${mark('pre-commit')}\n`,
        '.husky/pre-push': `${mark('pre-push')}\n`,
      },
      lines: ['npx --no-install husky'],
      args: [],
      found: 'husky',
    },
    {
      title: 'lefthook',
      packages: ['lefthook'],
      files: {
        'lefthook.yml': `# What runs before a commit
pre-commit:
  jobs:
    - name: lint # every file
      run: ${mark('pre-commit')}

pre-push:
  jobs:
    - run: ${mark('pre-push')}
      use_stdin: true
`,
      },
      lines: ['npx --no-install lefthook install'],
      args: [],
      found: 'lefthook',
    },
    {
      title: 'pre-commit',
      packages: [],
      files: preCommitFiles,
      lines: ['pre-commit install -t pre-commit -t pre-push'],
      args: [],
      found: 'pre-commit',
      ...(!program && { missing: 'no pre-commit on PATH' }),
    },
    {
      title: 'prek',
      packages: ['@j178/prek'],
      files: preCommitFiles,
      lines: ['npx --no-install prek install -t pre-commit -t pre-push'],
      args: [],
      found: 'prek',
    },
    {
      title: 'simple-git-hooks',
      packages: ['simple-git-hooks'],
      files: {},
      manifest: {
        'simple-git-hooks': { 'pre-commit': mark('pre-commit'), 'pre-push': mark('pre-push') },
      },
      lines: ['npx --no-install simple-git-hooks'],
      args: [],
      found: 'simple-git-hooks',
    },
    {
      title: 'lint-staged',
      packages: ['lint-staged'],
      files: {},
      manifest: { 'lint-staged': { '*.md': mark('pre-commit') } },
      lines: [
        hookFile('pre-commit', 'node_modules/.bin/lint-staged --quiet'),
        hookFile('pre-push', mark('pre-push')),
      ],
      args: ['--manager', 'lint-staged'],
      found: 'git',
    },
  ];
}

/** Names of packages with the version to install. */
export function pinned(packages: SetUp['packages']): string[] {
  return packages.map((name) => `${name}@${VERSIONS[name]}`);
}

function hookFile(hook: string, command: string): string {
  const path = `.git/hooks/${hook}`;
  return `printf '%s\\n' '#!/bin/sh' '${command}' >${path} && chmod +x ${path}`;
}

/** The folder of a git that reads hooks from its configuration. */
function newerGit(): string | undefined {
  const { LAZYSPEC_NEWER_GIT: named } = process.env;
  if (named) return dirname(named);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(execFileSync('git', ['--version']).toString()) ?? [];
  const isNewer = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 54);
  return isNewer ? onPath('git') : undefined;
}

/** The folder of PATH in which a program is. */
function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).find((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false; // not in this one
    }
  });
}
