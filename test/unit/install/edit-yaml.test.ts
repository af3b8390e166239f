import { describe, expect, it } from '@jest/globals';
import { LazyspecError } from '../../../src/errors.ts';
import { addToList, readYaml, removeFromList } from '../../../src/install/edit-yaml.ts';

const JOB = { name: 'lazyspec', run: 'gate' };
const LEFTHOOK = ['pre-commit', 'jobs'];
const REPO = { repo: 'local', hooks: [{ id: 'lazyspec', always_run: true }] };

const isOurs = (item: unknown) => {
  const { name, repo } = (item ?? {}) as { name?: string; repo?: string };
  return name === JOB.name || repo === REPO.repo;
};

function lines(...text: string[]): string {
  return text.map((line) => `${line}\n`).join('');
}

const OURS = ['  jobs:', '    - name: lazyspec', '      run: gate'];

/** Adding gives `after`, and removing gives `before` again. */
const LEFTHOOK_FILES: [name: string, before: string, after: string][] = [
  ['an empty file', '', lines('pre-commit:', ...OURS)],
  [
    'a file of comments',
    lines('# our hooks', '', '# none yet'),
    lines('# our hooks', '', '# none yet', 'pre-commit:', ...OURS),
  ],
  [
    'a comment without a line break at its end',
    '# none yet',
    lines('# none yet', 'pre-commit:', ...OURS).trimEnd(),
  ],
  [
    'a file with marks of its start and its end',
    lines('---', '# none', '...'),
    lines('---', '# none', 'pre-commit:', ...OURS, '...'),
  ],
  [
    'another hook, and comments at the end',
    lines('pre-push:', '  jobs:', '    - run: npm test # all', '# the end', '', '# really'),
    lines(
      ...['pre-push:', '  jobs:', '    - run: npm test # all', '# the end'],
      ...['pre-commit:', ...OURS, '', '# really'],
    ),
  ],
  [
    'other settings of the same hook',
    lines('pre-commit:', '  parallel: true', '', 'pre-push:', '  parallel: false'),
    lines('pre-commit:', '  parallel: true', ...OURS, '', 'pre-push:', '  parallel: false'),
  ],
  [
    'other jobs, with comments that belong to them',
    lines(
      ...['pre-commit:', '  jobs:', '    - run: "a"   # odd', "    - {run: 'b'}"],
      ...['    # - run: c', '', '  # of the hook', '  parallel: true'],
    ),
    lines(
      ...['pre-commit:', '  jobs:', '    - run: "a"   # odd', "    - {run: 'b'}"],
      ...['    # - run: c', '    - name: lazyspec', '      run: gate'],
      ...['', '  # of the hook', '  parallel: true'],
    ),
  ],
  [
    'a block scalar right before the place',
    lines(
      'pre-commit:',
      '  jobs:',
      '    - run: |',
      '        a',
      '        # no comment',
      '',
      'x: 1',
    ),
    lines(
      ...['pre-commit:', '  jobs:', '    - run: |', '        a', '        # no comment'],
      ...['    - name: lazyspec', '      run: gate', '', 'x: 1'],
    ),
  ],
  [
    'a block scalar that keeps its empty lines',
    lines('pre-commit:', '  jobs:', '    - run: |+', '        a', '', '', 'x: 1'),
    lines(
      ...['pre-commit:', '  jobs:', '    - run: |+', '        a', '', ''],
      ...['    - name: lazyspec', '      run: gate', 'x: 1'],
    ),
  ],
  [
    'indentation by four columns',
    lines('pre-push:', '    jobs:', '        - run: a', '          tags: [x,   y]'),
    lines(
      ...['pre-push:', '    jobs:', '        - run: a', '          tags: [x,   y]'],
      ...['pre-commit:', '    jobs:', '        - name: lazyspec', '          run: gate'],
    ),
  ],
  [
    'lists right below their keys',
    lines('pre-push:', '  jobs:', '  - run: a', 'x: 1'),
    lines(
      ...['pre-push:', '  jobs:', '  - run: a', 'x: 1'],
      ...['pre-commit:', '  jobs:', '  - name: lazyspec', '    run: gate'],
    ),
  ],
  [
    'quoted keys, and keys with comments',
    lines('"pre-commit": # before', "  'jobs' : # all", '    - run: a', 'x: # none'),
    lines(
      ...['"pre-commit": # before', "  'jobs' : # all", '    - run: a'],
      ...['    - name: lazyspec', '      run: gate', 'x: # none'],
    ),
  ],
  [
    'a hook that holds a comment only',
    lines('pre-commit: # nothing', '  # as yet', 'pre-push:'),
    lines('pre-commit: # nothing', '  # as yet', ...OURS, 'pre-push:'),
  ],
  [
    'a last key that holds nothing',
    lines('pre-push:', '# the end'),
    lines('pre-push:', '# the end', 'pre-commit:', ...OURS),
  ],
  [
    'items that are lists themselves, and empty',
    lines('pre-commit:', '  jobs:', '    - - a', '      - - b', '    -   # nothing'),
    lines(
      ...['pre-commit:', '  jobs:', '    - - a', '      - - b', '    -   # nothing'],
      ...['    - name: lazyspec', '      run: gate'],
    ),
  ],
  [
    'a list on one line',
    lines('pre-commit: {jobs: [{run: a},  {run: b} ]} # short', 'x: 1'),
    lines(
      'pre-commit: {jobs: [{run: a},  {run: b}, { name: lazyspec, run: gate } ]} # short',
      'x: 1',
    ),
  ],
  [
    'maps in brackets over several lines',
    lines('{', '  "pre-push": {}, # none', '  "x": 1, # one', '}'),
    lines(
      ...['{', '  "pre-push": {}, # none'],
      ...['  "x": 1, pre-commit: { jobs: [ { name: lazyspec, run: gate } ] }, # one', '}'],
    ),
  ],
  [
    'an anchor elsewhere',
    lines('a: &a', '  env: {X: 1}', 'pre-push:', '  <<: *a'),
    lines('a: &a', '  env: {X: 1}', 'pre-push:', '  <<: *a', 'pre-commit:', ...OURS),
  ],
];

const REPO_FILES: [name: string, before: string, after: string][] = [
  [
    'the style of pre-commit itself',
    lines(
      ...['# See https://pre-commit.com', 'repos:', '-   repo: https://x/y', "    rev: 'v1'"],
      ...['    hooks:', '    -   id: a', '        args: [--x]'],
    ),
    lines(
      ...['# See https://pre-commit.com', 'repos:', '-   repo: https://x/y', "    rev: 'v1'"],
      ...['    hooks:', '    -   id: a', '        args: [--x]'],
      ...['-   repo: local', '    hooks:', '    -   id: lazyspec', '        always_run: true'],
    ),
  ],
  [
    'indented lists, and a section behind',
    lines('repos:', '  - repo: meta', '    hooks:', '      - id: a', '', '# CI', 'ci: {}'),
    lines(
      ...['repos:', '  - repo: meta', '    hooks:', '      - id: a'],
      ...['  - repo: local', '    hooks:', '      - id: lazyspec', '        always_run: true'],
      ...['', '# CI', 'ci: {}'],
    ),
  ],
];

describe.each([
  { path: LEFTHOOK, item: JOB, files: LEFTHOOK_FILES },
  { path: ['repos'], item: REPO, files: REPO_FILES },
])('$path', ({ path, item, files }) => {
  it.each(files)('gets an item and gives it back in %s', (_, before, after) => {
    expect(addToList('x.yml', before, path, item)).toBe(after);
    expect(removeFromList('x.yml', after, path, isOurs)).toBe(before);
  });

  it.each(files)(
    'keeps CRLF, byte order mark and the last line as they are in %s',
    (_, ...texts) => {
      // What had no line break at all tells nothing of the kind that it wants.
      const hasBreak = /\n./.test(texts[0]);
      const windows = texts.map((text) => text.replaceAll('\n', hasBreak ? '\r\n' : '\n'));
      for (const [before = '', after = ''] of [windows, windows.map((text) => `\uFEFF${text}`)]) {
        expect(addToList('x.yml', before, path, item)).toBe(after);
        expect(removeFromList('x.yml', after, path, isOurs)).toBe(before);
      }
      if (!hasBreak) return;
      const cut = windows.map((text) => text.replace(/\r\n$/, ''));
      const [before = '', after = ''] = cut;
      expect(addToList('x.yml', before, path, item)).toBe(after);
      expect(removeFromList('x.yml', after, path, isOurs)).toBe(before);
    },
  );
});

describe('addToList', () => {
  it.each([
    ['jobs: []', 'jobs:\n  - name: lazyspec\n    run: gate'],
    ['jobs: [ ] # none\nx: 1\n', 'jobs: # none\n  - name: lazyspec\n    run: gate\nx: 1\n'],
    ['jobs:\n\nx: 1\n', 'jobs:\n  - name: lazyspec\n    run: gate\n\nx: 1\n'],
    ['jobs: ~\n', 'jobs:\n  - name: lazyspec\n    run: gate\n'],
    ['{}\n', 'jobs:\n  - name: lazyspec\n    run: gate\n'],
    ['{jobs: []}\n', '{jobs: [{ name: lazyspec, run: gate }]}\n'],
    ['{jobs: null}\n', '{jobs: [ { name: lazyspec, run: gate } ]}\n'],
  ])('puts lines in the place of nothing: %j', (before, after) => {
    expect(addToList('x.yml', before, ['jobs'], JOB)).toBe(after);
  });

  it('quotes what another reader would take for a truth value', () => {
    expect(addToList('x.yml', '', ['on'], { run: 'yes' })).toBe('"on":\n  - run: "yes"\n');
  });

  it('writes the file anew where it knows no place for a line', () => {
    const text = addToList('x.yml', '? jobs\n: - run: a # first\n', ['jobs'], JOB);
    expect(readYaml('x.yml', text)).toEqual({ jobs: [{ run: 'a' }, JOB] });
    expect(text).toContain('# first');
  });

  it.each([
    ['a: &x\n  - 1\njobs: *x\n', 'x.yml:3: jobs should be a list, and is an alias'],
    ['jobs: &x\n  - a: 1\nb: *x\n', 'x.yml:1: jobs cannot be edited safely'],
    ['a: &x {jobs: [1]}\n<<: *x\n', 'x.yml:1: jobs cannot be edited safely'],
    ['x: 1\njobs:\n  a: 1\n', 'x.yml:3: jobs should be a list, and holds something else'],
    ['- a\n', 'x.yml:1: the file should be a map'],
    ['jobs: 1\n---\njobs: 2\n', 'x.yml:2: it holds several YAML documents'],
    ['a: 1\na: 2\n', 'x.yml:2: Map keys must be unique'],
    ['a: 1\nb: [\n', 'x.yml:3: '],
    ['a: *b\n', 'x.yml:1: '],
  ])('refuses what it cannot edit safely: %j', (text, message) => {
    expect(() => addToList('x.yml', text, ['jobs'], JOB)).toThrow(LazyspecError);
    expect(() => addToList('x.yml', text, ['jobs'], JOB)).toThrow(message);
  });
});

describe('removeFromList', () => {
  const ours = '  - name: lazyspec\n    run: gate\n';

  it.each([
    ['nothing of ours', 'jobs:\n- a: 1\n', 'jobs:\n- a: 1\n'],
    ['no list', 'x: 1', 'x: 1'],
    ['an empty list', 'jobs: []\n', 'jobs: []\n'],
    [
      'ours in the middle',
      `jobs:\n  - a: 1\n${ours}  # b\n  - b: 1\n`,
      'jobs:\n  - a: 1\n  # b\n  - b: 1\n',
    ],
    ['ours twice', `jobs:\n${ours}  # a\n  - a: 1\n${ours}`, 'jobs:\n  # a\n  - a: 1\n'],
    ['comments among ours', `x: 1\njobs:\n${ours}  # mine\n${ours}`, 'x: 1\n  # mine\n'],
    ['a comment behind the key', `jobs: # all\n${ours}x: 1\n`, 'jobs: # all\nx: 1\n'],
    ['ours first in brackets', 'jobs: [{name: lazyspec}, {a: 1}]\n', 'jobs: [{a: 1}]\n'],
    ['ours alone in brackets', 'x: 1\njobs: [\n  {name: lazyspec}, # ours\n]\n', 'x: 1\n'],
    [
      'ours alone in a map in brackets',
      '{x: 1, jobs: [{name: lazyspec}], y: 2}\n',
      '{x: 1, y: 2}\n',
    ],
  ])('leaves the rest of a file with %s', (_, before, after) => {
    expect(removeFromList('x.yml', before, ['jobs'], isOurs)).toBe(after);
  });

  it('takes the maps that hold nothing any more, and no others', () => {
    const text = lines(
      'a:',
      '  b:',
      '    jobs:',
      `    ${ours}`.trimEnd().replace(/^ +/, '      ').replace('\n', '\n    '),
    );
    expect(removeFromList('x.yml', text, ['a', 'b', 'jobs'], isOurs)).toBe('');
    expect(removeFromList('x.yml', `${text}  c: 1\n`, ['a', 'b', 'jobs'], isOurs)).toBe(
      'a:\n  c: 1\n',
    );
  });

  it('refuses to change what an alias shows elsewhere', () => {
    const text = `jobs: &x\n${ours}  - a: 1\nb: *x\n`;
    expect(() => removeFromList('x.yml', text, ['jobs'], isOurs)).toThrow(
      'cannot be edited safely',
    );
  });
});
