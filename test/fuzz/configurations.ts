/** Types of documents, files that may be some, and configurations, as shell. */
export const TYPES = [
  { name: 'rfc', dir: 'docs/rfcs', prefix: 'RFC' },
  { name: 'adr', dir: 'doc/decisions', prefix: 'ADR', match: '{n:04}-{title}.md' },
  { name: 'story', dir: 'stories', prefix: 'STORY', subdirectory: true },
  { name: 'doc', dir: 'docs', prefix: 'DOC' },
  { name: 'note', dir: '.', prefix: 'NOTE' },
  { name: 'convention', dir: 'docs/rfcs/x', prefix: 'CONVENTION', singleton: true },
];

const NAMES = {
  'docs/rfcs': [
    ...['RFC-001-one.md', 'RFC-002.md', 'rfc-003_three.md', 'x/RFC-006/a.md', 'RFC-002-also.txt'],
    ...['RFC-004-é "q" \'s.md', 'RFC-005 blank.md', 'RFC-007-a\nb.md', '-RFC-008.md', 'RFC-x.md'],
    ...['DOC-002.md', 'README.md', 'x/CONVENTION.md', 'RFC-010-*[a].md', 'RFC-11\\t.md', 'DOC-3/x'],
  ],
  'doc/decisions': ['0001-a.md', '0002-b.md', '0003.md', 'x/0004-y.md', 'ADR-0005-z.md', 'adr.md'],
  stories: ['STORY-001-s/README.md', 'STORY-001-s/p.png', 'STORY-002/RFC-009.md', 'index.md'],
  '.': [
    'docs/DOC-001.md',
    'NOTE-001.md',
    'a/b/NOTE-002.md',
    '-NOTE-003.md',
    'README.md',
    'src/a.c',
  ],
};
export const PATHS = Object.entries(NAMES).flatMap(([folder, names]) =>
  names.map((name) => (folder === '.' ? name : `${folder}/${name}`)),
);

export const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
/** A path that git takes neither for an option nor for magic. */
export const file = (path: string) => quote(`./${path}`);
export const folderOf = (path: string) => `mkdir -p ${file(path.replace(/[^/]*$/, ''))}`;

interface Configuration {
  place: string;
  isGated: boolean;
  create: string;
  types: typeof TYPES;
}

/** Writes a configuration into the work tree. */
export function write({ place, isGated, create, types }: Configuration): string {
  const coordination = isGated ? { coordination: { remote: 'origin' } } : {};
  const lazyspec = { types, ...coordination, gate: { create } };
  const tables = types.map((type) => {
    const keys = Object.entries(type).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    return ['[[types]]', ...keys];
  });
  const gated = isGated ? ['[coordination]', 'remote = "origin"'] : [];
  const toml = [...tables.flat(), ...gated, '[gate]', `create = "${create}"`, ''].join('\n');
  const text = place === 'package.json' ? JSON.stringify({ lazyspec }) : toml;
  return `printf '%s' ${quote(text)} >${place}`;
}
