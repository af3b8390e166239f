import { describe } from '@jest/globals';
import { isThere } from '../../helpers/managers.ts';
import type { Case } from './killing.ts';
import { testKilled } from './killing.ts';

const FOREIGN = '#!/bin/sh\necho foreign >&2\n';
const LEFTHOOK = 'pre-commit:\n  jobs:\n    - run: echo foreign >&2\n';
const preCommit = await isThere('pre-commit');
if (!preCommit) process.stderr.write('skipped: killed in pre-commit: it is not on PATH\n');

const CASES: Case[] = [
  {
    name: 'husky',
    files: { '.husky/pre-commit': 'echo foreign >&2\n' },
    start: ['husky'],
    hook: 'pre-commit',
  },
  { name: 'lefthook', files: { 'lefthook.yml': LEFTHOOK, '.git/hooks/pre-push': FOREIGN } },
  {
    name: 'simple-git-hooks',
    files: {
      '.simple-git-hooks.json': '{ "pre-commit": "echo foreign >&2" }',
      '.git/hooks/post-commit': FOREIGN,
    },
    start: ['simple-git-hooks'],
    hook: 'pre-commit',
  },
  {
    name: 'pre-commit',
    files: { '.pre-commit-config.yaml': 'repos: []\n', '.git/hooks/pre-push': FOREIGN },
    skipped: !preCommit,
  },
];

describe('killed before each write, in a manager', () => {
  testKilled(CASES, ['husky', 'lefthook', 'simple-git-hooks']);
});
