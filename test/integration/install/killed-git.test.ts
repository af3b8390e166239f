import { describe } from '@jest/globals';
import type { Case } from './killing.ts';
import { testKilled } from './killing.ts';

const FOREIGN = '#!/bin/sh\necho foreign >&2\n';
const newer = process.env.LAZYSPEC_NEWER_GIT;
if (!newer) {
  process.stderr.write("skipped: killed in git's configuration: LAZYSPEC_NEWER_GIT is not set\n");
}

const CASES: Case[] = [
  { name: 'git', files: { '.git/hooks/pre-commit': FOREIGN }, hook: 'pre-commit' },
  {
    name: "git's configuration",
    files: { '.git/hooks/pre-commit': FOREIGN },
    hook: 'pre-commit',
    env: { LAZYSPEC_GIT: newer ?? '' },
    skipped: !newer,
  },
];

describe('killed before each write, straight in git', () => testKilled(CASES, []));
