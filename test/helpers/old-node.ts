/** What each way into the program does on a Node that is too old. */

import { expect } from '@jest/globals';

const REMEDY = 'Put Node 20.17 or newer first on PATH, then run: npx lazyspec-hooks install';
const messageFor = (version: string) =>
  `Node ${version} is too old; lazyspec-hooks needs 20.17 or newer`;

interface Ends {
  status: number;
  stdout: string;
  stderr: string;
}

interface Entry {
  /** The file in dist and its arguments. */
  args: string[];
  status: number;
  ends(version: string): Ends;
}

const text = (args: string[], status = 3, last = '', remedy = REMEDY): Entry => ({
  args,
  status,
  ends: (version) => ({
    status,
    stdout: '',
    stderr: `lazyspec-hooks: ${messageFor(version)}\n  ${remedy}\n${last}`,
  }),
});

const json = (args: string[]): Entry => ({
  args,
  status: 3,
  ends: (version) => {
    const error = { code: 'NODE_TOO_OLD', message: messageFor(version), remedy: REMEDY };
    return { status: 3, stdout: `${JSON.stringify({ error }, null, 2)}\n`, stderr: '' };
  },
});

export const OLD_NODE_ENTRIES: Entry[] = [
  ...['hooks.js', 'lease.js'].flatMap((program) => [
    text([program]),
    text([program, '--help']),
    text([program, '--version']),
    text([program, 'no-such-command']),
  ]),
  ...['pre-commit', 'pre-merge-commit', 'pre-push', 'commit-msg', 'post-checkout'].map((hook) =>
    text(['hooks.js', 'run', hook]),
  ),
  text(
    ['hooks.js', 'run', 'pre-receive'],
    3,
    '',
    "The server's administrator: install Node 20.17 or newer, or set its path at the top of hooks/pre-receive.",
  ),
  ...['session-start', 'after-tool', 'session-end'].map((moment) =>
    text(['hooks.js', 'agent', moment]),
  ),
  text(
    ['hooks.js', 'agent', 'before-edit'],
    2,
    'The edit was not made. Do not make it in another way: git would refuse the commit.\n',
  ),
  text(['hooks.js', 'install', '--yes']),
  text(['install.js']),
  text(['hooks.js', 'doctor']),
  json(['hooks.js', 'doctor', '--json']),
  text(['lease.js', 'gate', '--staged']),
  text(['lease.js', 'claim', 'RFC-001']),
  json(['lease.js', 'claim', 'RFC-001', '--json']),
];

export const OLD_NODE_LIBRARY = (version: string) => {
  return { status: 1, stderr: expect.stringContaining(`Error: ${messageFor(version)}\n`) };
};
