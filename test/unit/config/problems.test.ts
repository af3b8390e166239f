import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { folder } from './folder.ts';
import { failureOf, problemsOf } from './problems-of.ts';

const TYPE = '[[types]]\nname = "rfc"\ndir = "docs/rfcs"\nprefix = "RFC"\n';

describe('an invalid configuration', () => {
  it('is told with all its problems at once, each with key, line, what was found and what is allowed', async () => {
    const failure = await failureOf(`[coordination]
remote = "https://example.com/x.git"
lease_duration = "10d"

[gate]
ofline = "refuse"

[[types]]
name = "rfc"
dir = "../elsewhere"
numbering = "sqid"
`);
    expect(failure.message).toBe('.lazyspec.toml is not valid: 6 problems');
    expect(failure.details).toEqual([
      'line 2: coordination.remote: is "https://example.com/x.git"; allowed: the name of a git remote, or "."; never a URL or a path, for a cloned file must not choose where we connect',
      'line 3: coordination.lease_duration: is "10d"; allowed: a whole number above zero followed by s, m or h, such as "90s", "60m" or "24h"; did you mean "240h"?',
      'line 6: gate.ofline: is unknown; did you mean gate.offline?',
      'line 8: types[0].prefix: is missing',
      'line 10: types[0].dir: is "../elsewhere"; allowed: a folder of the repository, relative to its root, with / between its parts',
      'line 11: types[0].numbering: is "sqid"; allowed: "incremental", "sqids", "reserved"; did you mean "sqids"?',
    ]);
    expect(failure.remedy).toBe('Mend .lazyspec.toml and run the command again.');
    expect(failure.exitStatus).toBe(2);
    expect(failure.data).toMatchObject({
      file: '.lazyspec.toml',
      problems: expect.arrayContaining([
        { key: 'types[0].prefix', message: 'is missing', line: 8 },
      ]),
    });
  });

  it('is told without lines where the file is not TOML', async () => {
    const file = '{"lazyspec": {"gate": {"timeout": 5}}}';
    expect(await problemsOf(file, 'package.json')).toEqual([
      { key: 'gate.timeout', message: expect.stringMatching(/^is 5; allowed: a whole number/) },
    ]);
  });

  it.each([
    ['types = 1', 'types', 'is 1; allowed: a list'],
    ['types = [1]', 'types[0]', 'is 1; allowed: a table'],
    ['coordination = 2026-01-01', 'coordination', 'is a date; allowed: a table'],
    ['types = [2026-01-01]', 'types[0]', 'is a date; allowed: a table'],
    ['gate = []', 'gate', 'is a list; allowed: a table'],
    ['[gate]\ncreate = {}', 'gate.create', 'is a table; allowed: "any", "own", "off"'],
    ['[coordination]\nremote = ""', 'coordination.remote', 'is ""; allowed: the name'],
    ['[coordination]\nremote = "-x"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = "../x"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = ".."', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = "/x"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = "a/b"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = "C:\\\\x"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = "host:x"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nremote = "ext::sh -c x"', 'coordination.remote', 'never a URL'],
    ['[coordination]\nmax_push_retries = 101', 'coordination.max_push_retries', 'from 0 to 100'],
    ['[coordination]\nmax_push_retries = -1', 'coordination.max_push_retries', 'from 0 to 100'],
    ['[coordination]\nmax_push_retries = 1.5', 'coordination.max_push_retries', 'from 0 to 100'],
    ['[coordination]\nlease_duration = "0m"', 'coordination.lease_duration', 'above zero'],
    ['[coordination]\nmax_lease_duration = "0h"', 'coordination.max_lease_duration', 'above zero'],
    [
      '[coordination]\ngrace_period = "-5m"',
      'coordination.grace_period',
      'a whole number followed',
    ],
    ['[coordination]\nmax_clock_skew = "abc"', 'coordination.max_clock_skew', 'a whole number'],
    ['[coordination]\ngrace_period = "1.5h"', 'coordination.grace_period', 'a whole number'],
    ['[coordination]\ntakeover = "clocks"', 'coordination.takeover', 'did you mean "clock"?'],
    ['[coordination]\nbackend = "nodegti"', 'coordination.backend', 'did you mean "nodegit"?'],
    ['[gate]\ntimeout = "0s"', 'gate.timeout', 'above zero'],
    ['[gate]\noffline = true', 'gate.offline', 'is true; allowed: "refuse", "allow-held"'],
    [`${TYPE}singleton = "no"`, 'types[0].singleton', 'is "no"; allowed: true or false'],
    [`${TYPE}store = ""`, 'types[0].store', 'is ""; allowed: a text that is not empty'],
    [
      `${TYPE}match = "0001.md"`,
      'types[0].match',
      'a file name of at most 200 characters with {n}',
    ],
    [`${TYPE}match = ["{n}", "x"]`, 'types[0].match[1]', 'is "x"; allowed: a file name'],
    [`${TYPE}match = "{n}${'x'.repeat(200)}"`, 'types[0].match', 'at most 200 characters'],
    [`${TYPE}match = 1`, 'types[0].match', 'is 1; allowed: a file name'],
  ])('names the key and what it takes: %s', async (toml, key, said) => {
    expect(await problemsOf(toml)).toEqual([
      expect.objectContaining({ key, message: expect.stringContaining(said) }),
    ]);
  });

  it('says so of a file that is no table', async () => {
    expect(await problemsOf('[]', '.lazyspecrc.json')).toEqual([
      { key: '', message: 'is a list; allowed: a table' },
    ]);
    expect(await problemsOf('2026-01-01', '.lazyspecrc.yaml')).toEqual([
      { key: '', message: 'is a date; allowed: a table' },
    ]);
  });

  it('shows only the start of a long value', async () => {
    const [problem] = await problemsOf(`[gate]\ncreate = "${'x'.repeat(5000)}"`);
    expect(problem?.message).toContain(`"${'x'.repeat(60)}…"`);
    expect(problem?.message.length).toBeLessThan(200);
  });
});

describe('a valid configuration', () => {
  it.each([
    ['[coordination]\nremote = "."'],
    ['[coordination]\nremote = "my-fork.2"'],
    ['[coordination]\ngrace_period = "0s"\nmax_clock_skew = "0s"'],
    ['[coordination]\nmax_push_retries = 0'],
    ['[coordination]\nlease_duration = "24h"\ngrace_period = "24h"'],
    [`${TYPE}numbering = "reserved"\nmatch = []`],
    [`${TYPE}match = ["{n}.md", "{n:04}-{title}"]`],
    ['types = []'],
  ])('may be %s', async (toml) => {
    expect(await problemsOf(toml)).toEqual([]);
  });

  it('governs nothing where it lists no types on purpose', async () => {
    const root = folder({ '.lazyspec.toml': 'types = []' });
    expect((await loadConfig(root)).types).toEqual([]);
  });
});
