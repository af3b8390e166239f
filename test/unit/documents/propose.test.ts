import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { identifyPath } from '../../../src/documents/identify.ts';
import { proposeTypes } from '../../../src/documents/propose.ts';

/** Each proposal in a line: name, plural, folder, prefix, patterns, whether folders; how many. */
function proposed(paths: readonly string[]): string[] {
  return proposeTypes(paths).map(({ type, documents }) => {
    const { name, plural, dir, prefix, match, subdirectory } = type;
    const folders = subdirectory ? ' folders' : '';
    return `${name}/${plural} in ${dir || '.'}: ${[prefix, ...match].join(' ')}${folders} (${documents})`;
  });
}

const numbers = (count: number) => [...Array(count).keys()].map((index) => index + 1);
const padded = (number: number, width: number) => String(number).padStart(width, '0');

describe('the types that are proposed', () => {
  describe('for real trees', () => {
    const tree = (name: string) => {
      const file = new URL(`../../fixtures/trees/${name}.tsv`, import.meta.url);
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      return lines.map((line) => line.split('\t') as [path: string, type: string, id: string]);
    };

    it.each([
      [
        'lazyspec',
        [
          'adr/adrs in docs/adrs: ADR (5)',
          'audit/audits in docs/audits: AUDIT (13)',
          'dictum/dicta in docs/convention: DICTUM (7)',
          'iteration/iterations in docs/iterations: ITERATION (138)',
          'rfc/rfcs in docs/rfcs: RFC (38)',
          'spec/specs in docs/specs: SPEC (22)',
          'story/stories in docs/stories: STORY (104)',
        ],
      ],
      ['rust-rfcs', ['rfc/rfcs in text: RFC {n:04}-{title}.md (638)']],
      ['madr', ['adr/adrs in docs/decisions: ADR {n:04}-{title}.md (19)']],
    ])('are those of %s, and give its paths the ids that they have', (name, expected) => {
      const paths = tree(name);
      expect(proposed(paths.map(([path]) => path))).toEqual(expected);
      const types = proposeTypes(paths.map(([path]) => path)).map(({ type }) => type);
      const others = paths.filter(([path, , id]) => (identifyPath(path, types)?.id ?? '-') !== id);
      // A singleton is not recognised.
      expect(others.map(([path]) => path)).toEqual(
        name === 'lazyspec' ? ['docs/convention/CONVENTION.md'] : [],
      );
    });
  });

  it.each<[string, string[], string[]]>([
    [
      'the first decision that adr-tools writes',
      ['doc/adr/0001-record-architecture-decisions.md', 'src/main.rs'],
      ['adr/adrs in doc/adr: ADR {n:04}-{title}.md (1)'],
    ],
    [
      'decisions with their name in front, without a dash',
      numbers(3).map((n) => `docs/architecture-decisions/adr${padded(n, 3)}-some-title.md`),
      ['adr/adrs in docs/architecture-decisions: ADR adr{n:03}-{title}.md (3)'],
    ],
    [
      'folders that are documents, in folders of groups',
      [
        'keps/NNNN-kep-template/README.md',
        'keps/prod-readiness/sig-auth/2799.yaml',
        'keps/sig-auth/2799-tokens/README.md',
        'keps/sig-auth/2799-tokens/kep.yaml',
        'keps/sig-node/127-user-namespaces/README.md',
      ],
      ['kep/keps in keps: KEP {n}-{title}.md folders (2)'],
    ],
    [
      'folders that are documents, by number alone',
      ['rfd/0001/README.adoc', 'rfd/0002/README.adoc', 'rfd/0002/figure.svg'],
      ['rfd/rfds in rfd: RFD {n:04}.adoc folders (2)'],
    ],
    [
      'folders of features, each with a spec and a plan',
      numbers(2).flatMap((n) => [`specs/00${n}-feature/spec.md`, `specs/00${n}-feature/plan.md`]),
      ['spec/specs in specs: SPEC {n:03}-{title}.md folders (2)'],
    ],
    [
      'prefixes in small letters, at the root',
      ['README.rst', 'pep-0001.rst', 'pep-0008.txt', 'pep-8000.rst'],
      ['pep/peps in .: PEP (3)'],
    ],
    [
      'prefixes in small letters',
      ['EIPS/eip-1.md', 'EIPS/eip-1559.md'],
      ['eip/eips in EIPS: EIP (2)'],
    ],
    [
      'a prefix of their own',
      numbers(3).map((n) => `docs/WIDGET-${padded(n, 3)}-x.md`),
      ['widget/widgets in docs: WIDGET (3)'],
    ],
    [
      'drafts in text/, beside a template',
      ['template.md', 'text/0002-unsafe-destroy-range.md', 'text/0110-witness.md'],
      ['rfc/rfcs in text: RFC {n:04}-{title}.md (2)'],
    ],
    [
      'a document in several files',
      ['0040', '0041', '0042', '0046', '0046-01', '0046-02'].map((key) => `core/cap-${key}.md`),
      ['cap/caps in core: CAP (4)'],
    ],
    [
      'what belongs to documents, and is none',
      ['EIPS/eip-1.md', 'EIPS/eip-3267.md', 'assets/eip-3267/contracts/ERC1155/README.md'],
      ['eip/eips in EIPS: EIP (2)'],
    ],
    [
      'names with spaces',
      ['backlog/tasks/task-1 - Do it.md', 'backlog/tasks/task-12 - Do more.md'],
      ['task/tasks in backlog/tasks: TASK task-{n} - {title}.md (2)'],
    ],
    [
      'folders by state',
      ['docs/rfcs/done/RFC-001-x.md', 'docs/rfcs/open/RFC-002-y.md', 'src/rfc-2616.ts'],
      ['rfc/rfcs in docs/rfcs: RFC (2)'],
    ],
    [
      'parts of a monorepo that each count for themselves',
      [
        'docs/adr/0001-a.md',
        'docs/adr/0002-b.md',
        'packages/web/docs/adr/0001-c.md',
        'packages/server/docs/adr/0001-d.md',
      ],
      [
        'adr/adrs in docs/adr: ADR {n:04}-{title}.md (2)',
        'server-adr/server-adrs in packages/server/docs/adr: SERVER-ADR {n:04}-{title}.md (1)',
        'web-adr/web-adrs in packages/web/docs/adr: WEB-ADR {n:04}-{title}.md (1)',
      ],
    ],
    [
      'folders in one that each count for themselves',
      ['web', 'api'].flatMap((part) => numbers(2).map((n) => `adr/${part}/000${n}-${part}.md`)),
      [
        'api-adr/api-adrs in adr/api: API-ADR {n:04}-{title}.md (2)',
        'web-adr/web-adrs in adr/web: WEB-ADR {n:04}-{title}.md (2)',
      ],
    ],
    [
      'one language, where there are translations',
      [
        'docs/adr/0001-a.md',
        'docs/adr/0002-b.md',
        'docs/zh/adr/0001-a.md',
        'i18n/de/adr/0001-a.md',
      ],
      ['adr/adrs in docs/adr: ADR {n:04}-{title}.md (2)'],
    ],
    [
      'two forms of name',
      ['rfcs/0001-a.md', 'rfcs/0002-b.md', 'rfcs/0003_c.rst', 'rfcs/RFC-0004-d.md'],
      ['rfc/rfcs in rfcs: RFC {n:04}-{title}.md {n:04}_{title}.rst (4)'],
    ],
    [
      'a number that was taken twice',
      ['rfcs/0001-a.md', 'rfcs/0002-b.md', 'rfcs/0003-c.md', 'rfcs/0003-d.md'],
      ['rfc/rfcs in rfcs: RFC {n:04}-{title}.md (3)'],
    ],
  ])('are right for %s', (_, paths, expected) => {
    expect(proposed(paths)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['nothing', []],
    ['change logs', ['CHANGELOG.md', 'changes/1234.bugfix.md', 'changelogs/RFC-001.md']],
    [
      'migrations',
      ['db/migrate/0001-create.sql', 'migrations/adr/0001-x.md', 'rfcs/0001_create.sql'],
    ],
    [
      'blog posts',
      ['_posts/2024-01-02-hello.md', 'docs/adr/2024-01-02-hello.md', 'adr/2024/note.md'],
    ],
    ['chapters', ['docs/01-intro.md', 'docs/02-more.md', 'design/01-a.md', 'book/chapter-1.md']],
    ['numbers in titles', ['docs/getting-started-2.md', 'docs/release-1.md', 'docs/v2-notes.md']],
    ['standards and licences', ['UTF-8.md', 'UTF-16.md', 'UTF-32.md', 'LICENSES/GPL-2.0.txt']],
    ['advisories', [2023, 2024, 2025].map((year) => `security/CVE-${year}-1234.md`)],
    ['versions', ['rfcs/RFC-1.0.md', 'rfcs/RFC-1.1.md', 'adr/1.0-notes.md']],
    ['templates', ['0000-template.md', 'docs/adr/0000-adr-template.md']],
    ['what others wrote', ['node_modules/a/adr/0001-x.md', 'vendor/b/docs/rfcs/RFC-001-x.md']],
    ['what is for tests', ['test/fixtures/docs/rfcs/RFC-001-x.md', 'src/__tests__/adr/0001-x.md']],
    ['what tools keep', ['.github/adr/0001-x.md', '.changeset/0001-x.md']],
    ['prefixes without a dash elsewhere', ['src/ERC1155/README.md', 'docs/rfc2616.txt']],
    ['standards of others', ['docs/RFC-2616.txt', 'http/rfc-7230.md', 'http/rfc-7231.md']],
    ['a folder called text', ['text/0001-a.md', 'text/0002-b.md']],
    ['a few capitals', ['docs/AB-1.md', 'docs/AB-2.md']],
    [
      'names of more forms than anybody would list',
      ['rfc', 'rfc_', 'rfc ', '', 'RFC'].flatMap((word, form) =>
        numbers(2).map((n) => `rfcs/${word}${form}${n}-title.md`),
      ),
    ],
    ['one number for many', numbers(9).map((n) => `docs/rfcs/RFC-1-${n}x.md`)],
    [
      'what no configuration can name',
      ['a\\b/adr/0001-x.md', 'C:/adr/0001-x.md', 'a\ufffd/adr/0001-x.md'],
    ],
  ])('are none for %s', (_, paths) => {
    expect(proposed(paths)).toEqual([]);
  });

  it('name examples that have the ids that are told', () => {
    const [{ type, examples } = { type: undefined, examples: [] }] = proposeTypes([
      'docs/adr/0001-\n"x".md',
      'docs/adr/0007-b.md',
      'docs/adr/0002-c.md',
    ]);
    expect(examples).toEqual([
      { path: 'docs/adr/0001-\n"x".md', id: 'ADR-0001' },
      { path: 'docs/adr/0007-b.md', id: 'ADR-0007' },
    ]);
    for (const { path, id } of examples) {
      expect(identifyPath(path, type ? [type] : [])).toEqual({ id, type: 'adr' });
    }
  });

  it('are not more than anybody reads', () => {
    const paths = numbers(500).map((n) => `packages/p${n}/docs/adr/0001-only-${n}.md`);
    expect(proposed(paths)).toHaveLength(20);
  });

  it('are found among fifty thousand paths before anybody waits', () => {
    const paths = numbers(50_000).map((n) => {
      return n % 5 === 0
        ? `docs/rfcs/${padded(n, 5)}-title.md`
        : `src/part-${n % 900}/adr-${n}/file-${n}.md`;
    });
    const begun = performance.now();
    expect(proposed(paths)[0]).toMatch(
      /^rfc\/rfcs in docs\/rfcs: RFC \{n:05}-\{title}\.md \(10000\)/,
    );
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
