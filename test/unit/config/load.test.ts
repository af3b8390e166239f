import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { folder } from './folder.ts';
import { failureOf } from './problems-of.ts';

const PLACES = [
  '.lazyspec.toml',
  'package.json',
  '.lazyspecrc',
  '.lazyspecrc.json',
  '.lazyspecrc.yaml',
  '.lazyspecrc.yml',
  '.lazyspecrc.toml',
];
const CONTENT: Record<string, string> = {
  '.lazyspec.toml': '[coordination]\nremote = "hub"\n',
  'package.json': '{"lazyspec": {"coordination": {"remote": "hub"}}}',
  '.lazyspecrc': 'coordination:\n  remote: hub\n',
  '.lazyspecrc.json': '{"coordination": {"remote": "hub"}}',
  '.lazyspecrc.yaml': 'coordination:\n  remote: hub\n',
  '.lazyspecrc.yml': 'coordination:\n  remote: hub\n',
  '.lazyspecrc.toml': '[coordination]\nremote = "hub"\n',
};

describe('loadConfig', () => {
  it.each(PLACES)('reads %s and says what it looked at on the way', async (place) => {
    const content = CONTENT[place] ?? '';
    const config = await loadConfig(folder({ [place]: content }));
    expect(config.source).toBe(place);
    expect(config.coordination?.remote).toBe('hub');
    const before = PLACES.slice(0, PLACES.indexOf(place));
    expect(config.consulted).toEqual([
      ...before.map((path) => ({ path, content: undefined })),
      { path: place, content: Buffer.from(content) },
    ]);
  });

  it('takes the first place that there is', async () => {
    for (const [index, first] of PLACES.entries()) {
      const files = PLACES.slice(index).map((place) => [place, CONTENT[place] ?? '']);
      const config = await loadConfig(folder(Object.fromEntries(files)));
      expect(config.source).toBe(first);
    }
  });

  it('has the defaults where there is no place, and gates nothing', async () => {
    const config = await loadConfig(folder());
    expect(config.source).toBeUndefined();
    expect(config.coordination).toBeUndefined();
    expect(config.gate).toEqual({
      create: 'any',
      offline: 'refuse',
      timeout: 10,
      trailer: false,
      exemptAuthors: [],
    });
    expect(config.comfort).toEqual({
      renewAfterCommit: false,
      renewInGate: false,
      releaseAfterPush: [],
      readOnly: false,
    });
    expect(config.types.map(({ name, dir, prefix }) => [name, dir, prefix].join(' '))).toEqual([
      'rfc docs/rfcs RFC',
      'story docs/stories STORY',
      'iteration docs/iterations ITERATION',
      'adr docs/adrs ADR',
      'spec docs/specs SPEC',
      'convention docs/convention CONVENTION',
      'dictum docs/convention DICTUM',
    ]);
    expect(config.types.filter(({ singleton }) => singleton).map(({ name }) => name)).toEqual([
      'convention',
    ]);
    expect(config.consulted).toEqual(PLACES.map((path) => ({ path, content: undefined })));
  });

  it('goes past a package.json without the key and an empty file, and says so', async () => {
    const config = await loadConfig(folder({ 'package.json': '{}', '.lazyspecrc': ' \n' }));
    expect(config.source).toBeUndefined();
    expect(config.consulted).toHaveLength(PLACES.length);
    expect(config.consulted[1]).toEqual({ path: 'package.json', content: Buffer.from('{}') });
    expect(config.consulted[2]?.content).toEqual(Buffer.from(' \n'));
  });

  it('does not look into the folders above', async () => {
    const root = folder({
      '.lazyspecrc.json': CONTENT['.lazyspecrc.json'] ?? '',
      'a/package.json': '{}',
    });
    expect((await loadConfig(join(root, 'a'))).source).toBeUndefined();
  });

  it('takes an empty .lazyspec.toml for a configuration', async () => {
    const config = await loadConfig(folder({ '.lazyspec.toml': '', ...{ '.lazyspecrc': 'x: 1' } }));
    expect(config.source).toBe('.lazyspec.toml');
    expect(config.types).toHaveLength(7);
  });

  it('fills the defaults in', async () => {
    const config = await loadConfig(
      folder({
        '.lazyspec.toml': `
          coordination = {}
          [[types]]
          name = "adr"
          dir = "./docs//adrs/"
          prefix = "ADR-"
          [[types]]
          name = "note"
          plural = "notes and more"
          dir = "."
          prefix = "NOTE"
          match = "{n}.md"
          store = "github-issues"`,
      }),
    );
    expect(config.coordination).toEqual({
      remote: 'origin',
      addresses: [],
      leaseDuration: 3600,
      gracePeriod: 120,
      maxPushRetries: 5,
      maxClockSkew: 300,
      maxLeaseDuration: 86_400,
      timeout: 60,
      takeover: 'clock',
      backend: 'auto',
    });
    expect(config.types).toEqual([
      {
        name: 'adr',
        plural: 'adrs',
        dir: 'docs/adrs',
        prefix: 'ADR',
        numbering: 'incremental',
        subdirectory: false,
        singleton: false,
        match: [],
        store: 'filesystem',
      },
      expect.objectContaining({
        plural: 'notes and more',
        dir: '',
        match: ['{n}.md'],
        store: 'github-issues',
      }),
    ]);
  });

  it.each([
    '.lazyspec.toml',
    '.lazyspecrc',
    '.lazyspecrc.json',
    '.lazyspecrc.yaml',
    '.lazyspecrc.toml',
  ])('reads %s with a byte order mark at its start', async (place) => {
    const config = await loadConfig(folder({ [place]: `\uFEFF${CONTENT[place]}` }));
    expect(config.coordination?.remote).toBe('hub');
  });

  it('follows a link that leads out of the repository', async () => {
    const elsewhere = folder({ 'team.toml': CONTENT['.lazyspec.toml'] ?? '' });
    const root = folder();
    symlinkSync(join(elsewhere, 'team.toml'), join(root, '.lazyspec.toml'));
    expect((await loadConfig(root)).coordination?.remote).toBe('hub');
  });

  it('lets no key of a file become part of every object', async () => {
    const evil = '{"coordination": {"remote": "hub"}, "takeover": "observed"}';
    for (const place of ['.lazyspecrc', '.lazyspecrc.json', '.lazyspecrc.yaml']) {
      const config = await loadConfig(
        folder({ [place]: `{"__proto__": ${evil}, "gate": {"__proto__": ${evil}}}` }),
      );
      expect(config.source).toBe(place);
      expect(config.coordination).toBeUndefined();
      expect(({} as Record<string, unknown>).coordination).toBeUndefined();
    }
    const toml = await loadConfig(folder({ '.lazyspec.toml': '[__proto__.coordination]\n' }));
    expect(toml.coordination).toBeUndefined();
    expect(({} as Record<string, unknown>).coordination).toBeUndefined();
  });
});

describe('a place that cannot be read', () => {
  it.each(['.lazyspec.toml', '.lazyspecrc.json'])('is an error: a folder %s', async (place) => {
    const root = folder();
    mkdirSync(join(root, place));
    await expect(loadConfig(root)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${place} cannot be read: it is not a file`,
    });
  });

  it('is an error: a device, which reading would never finish', async () => {
    const root = folder();
    symlinkSync('/dev/zero', join(root, '.lazyspec.toml'));
    await expect(loadConfig(root)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('is an error: a link to itself', async () => {
    const root = folder();
    symlinkSync('.lazyspecrc', join(root, '.lazyspecrc'));
    await expect(loadConfig(root)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^\.lazyspecrc cannot be read: ELOOP/),
      data: { file: '.lazyspecrc' },
    });
  });

  it('does not matter behind the one that is used', async () => {
    const root = folder();
    writeFileSync(join(root, '.lazyspec.toml'), '');
    mkdirSync(join(root, '.lazyspecrc'));
    expect((await loadConfig(root)).source).toBe('.lazyspec.toml');
  });

  it('is an error: text that is not UTF-8', async () => {
    const root = folder({ '.lazyspec.toml': Buffer.from([0x23, 0xff, 0xfe]) });
    await expect(loadConfig(root)).rejects.toMatchObject({
      details: ['is not UTF-8 text'],
    });
  });
});

describe('a file that cannot be parsed', () => {
  it('is told with line and column in TOML', async () => {
    const { message, details, data } = await failureOf('[gate]\ncreate = any\n');
    expect(message).toBe('.lazyspec.toml is not valid: 1 problem');
    expect(details).toEqual([
      expect.stringMatching(/^line 2: is not valid TOML: .+ \(column \d+\)$/),
    ]);
    expect(data).toEqual({
      file: '.lazyspec.toml',
      problems: [{ key: '', line: 2, message: expect.any(String) }],
    });
  });

  it('is told with its line in YAML', async () => {
    const { details } = await failureOf('gate:\n  - a\n  b: 1\n', '.lazyspecrc.yaml');
    expect(details).toEqual([expect.stringMatching(/^line 3: cannot be parsed: /)]);
  });

  it.each(['package.json', '.lazyspecrc.json'])('is told in %s', async (file) => {
    const { message, details } = await failureOf('{"lazyspec": }', file);
    expect(message).toBe(`${file} is not valid: 1 problem`);
    expect(details).toEqual([expect.stringMatching(/^cannot be parsed: .*}/)]);
  });

  it('is told in .lazyspecrc.toml as in .lazyspec.toml', async () => {
    const { message, details } = await failureOf('a = 1\nb\n', '.lazyspecrc.toml');
    expect(message).toBe('.lazyspecrc.toml is not valid: 1 problem');
    expect(details).toEqual([expect.stringMatching(/^line 2: is not valid TOML/)]);
  });
});
