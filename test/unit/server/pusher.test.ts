import { describe, expect, it } from '@jest/globals';
import type { GitConfig } from '../../../src/git/config.ts';
import { identify, isAgentOf } from '../../../src/server/pusher.ts';

function configOf(entries: Record<string, string[]> = {}): GitConfig {
  return {
    get: (key) => entries[key]?.at(-1),
    all: (key) => entries[key] ?? [],
    keys: () => Object.keys(entries),
    listing: () => '',
    remotes: () => [],
  };
}

const MAP = configOf({
  'lazyspec.ada.agent': ['Ada Lovelace', 'claude-*'],
  'lazyspec.x.y/z.agent': ['robot'],
  'lazyspec.agentid': ['nobody'],
});

describe('an account acts as an agent', () => {
  it.each([
    ['ada', 'ada', true],
    ['ada', 'ada/laptop', true],
    ['ada', 'ada/a/b', true],
    ['ada', 'adam', false],
    ['ada', 'Ada', false],
    ['ada', 'bob/ada', false],
    ['ad', 'ada', false],
    // Or it would have the agents of the account `ada` as well.
    ['ada/laptop', 'ada/laptop', false],
    ['', '', true],
  ])('%j as %j: %j', (account, agent, expected) => {
    expect(isAgentOf(account, agent, configOf())).toBe(expected);
  });

  it.each([
    ['ada', 'Ada Lovelace', true],
    ['ada', 'Ada Lovelace/laptop', false],
    ['ada', 'claude-7', true],
    ['ada', 'ada', true],
    ['x.y/z', 'robot', true],
    ['x.y/z', 'x.y/z', false],
    // What the map gives to one is no other's, whatever their name.
    ['robot', 'robot', false],
    ['claude-7', 'claude-7', false],
  ])('with a map %j as %j: %j', (account, agent, expected) => {
    expect(isAgentOf(account, agent, MAP)).toBe(expected);
  });

  it('never two of them as one, without a map', () => {
    const names = ['ada', 'bob', 'ada/bob', 'ada/', 'a', 'ada ', 'ADA', 'ada.bob', 'ada/bob/x'];
    for (const agent of [...names, ...names.map((name) => `${name}/x`)]) {
      const owners = names.filter((account) => isAgentOf(account, agent, configOf()));
      expect(owners.length).toBeLessThan(2);
    }
  });
});

describe('who pushes', () => {
  it('is the first variable that says something', () => {
    const env = { GL_USER: '', GL_USERNAME: 'ada', REMOTE_USER: 'bob', LAZYSPEC_PUSHER: 'eve' };
    expect(identify(env, configOf()).account).toBe('ada');
  });

  it('is an administrator by the exact name', () => {
    const config = configOf({ 'lazyspec.administrator': ['root', 'ada'] });
    expect(identify({ GL_USER: 'ada' }, config).isAdministrator).toBe(true);
    expect(identify({ GL_USER: 'Ada' }, config).isAdministrator).toBe(false);
  });

  it.each([[{}], [{ GL_USER: '' }], [{ LAZYSPEC_AGENT_ID: 'ada' }], [{ USER: 'ada' }]])(
    'is not known from %j',
    (env) => {
      expect(() => identify(env, configOf())).toThrow('does not say who is pushing');
    },
  );

  it.each(['a\nb', ' ', 'a\u202eb', 'a\u200bb', 'x'.repeat(201)])('is not %j', (GL_USER) => {
    expect(() => identify({ GL_USER }, configOf())).toThrow('not a name');
  });
});
