import { describe, expect, it } from '@jest/globals';
import type { GitConfig } from '../../../src/git/config.ts';
import { sshEnvironment } from '../../../src/git/ssh.ts';

const OPTIONS = '-o BatchMode=yes -o ConnectTimeout=10';

/** What git's configuration says of ssh. */
function configured(values: Record<string, string>): GitConfig {
  return {
    get: (key) => values[key],
    all: (key) => Object.entries(values).flatMap(([name, value]) => (name === key ? value : [])),
    keys: () => Object.keys(values),
    listing: () => '',
    remotes: () => [],
  };
}

const command = (env: NodeJS.ProcessEnv, values: Record<string, string> = {}) =>
  sshEnvironment(env, configured(values)).GIT_SSH_COMMAND;

describe('ssh', () => {
  it('never waits for a person, nor long for a host', () => {
    expect(command({})).toBe(`ssh ${OPTIONS}`);
    expect(command({}, { 'ssh.variant': 'ssh' })).toBe(`ssh ${OPTIONS}`);
    expect(command({ GIT_SSH_VARIANT: 'auto' })).toBe(`ssh ${OPTIONS}`);
  });

  it('keeps the command that the user has set: that of the environment rules', () => {
    const set = { 'core.sshcommand': 'ssh -i other' };
    expect(command({}, set)).toBe(`ssh -i other ${OPTIONS}`);
    expect(command({ GIT_SSH_COMMAND: 'ssh -i key' }, set)).toBe(`ssh -i key ${OPTIONS}`);
    expect(command({ GIT_SSH: '/opt/ssh', GIT_SSH_COMMAND: 'ssh -4' })).toBe(`ssh -4 ${OPTIONS}`);
  });

  it.each<[string, NodeJS.ProcessEnv, Record<string, string>]>([
    ['PuTTY', { GIT_SSH_COMMAND: 'C:/PuTTY/plink.exe' }, {}],
    ['PuTTY, as configured', {}, { 'core.sshcommand': 'plink' }],
    ['a program in $GIT_SSH', { GIT_SSH: '/opt/my-ssh' }, {}],
    ['what git is told to call in another way', { GIT_SSH_VARIANT: 'simple' }, {}],
    ['the same, as configured', {}, { 'ssh.variant': 'tortoiseplink' }],
  ])('is left alone where it is %s', (_, env, values) => {
    expect(command(env, values)).toBeUndefined();
  });
});
