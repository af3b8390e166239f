import { describe, expect, it } from '@jest/globals';
import { parseHome } from '../../../src/config/load.ts';
import { identifyPath } from '../../../src/documents/identify.ts';
import { proposeTypes } from '../../../src/documents/propose.ts';
import { configurationText } from '../../../src/install/configuration-text.ts';

const ORIGIN = { name: 'origin', why: [] };

function written(paths: readonly string[], remote = ORIGIN) {
  const text = configurationText(proposeTypes(paths), remote);
  return { text, config: parseHome('.lazyspec.toml', Buffer.from(text)) };
}

describe('the text of a first configuration', () => {
  it('explains itself to somebody who has read nothing', () => {
    expect(written(['docs/adr/0001-a.md', 'rfcs/RFC-001-b.md', 'rfcs/RFC-002-c.md']).text).toBe(
      `# Files that are to be claimed before they are changed, and where claims are kept.
# Commit this file: it holds for everybody. All that can be in it: docs/configuration.md of
# lazyspec-hooks.

# One document: docs/adr/0001-a.md is ADR-0001.
[[types]]
name = "adr"                # part of the git ref that keeps a claim
plural = "adrs"
dir = "docs/adr"            # with all folders in it; "." is the root
prefix = "ADR"              # what an id starts with, as in ADR-1
match = "{n:04}-{title}.md" # names without that prefix; {n} is the number

# 2 documents: rfcs/RFC-001-b.md is RFC-001.
[[types]]
name = "rfc"
plural = "rfcs"
dir = "rfcs"
prefix = "RFC"

# Without this table nothing is refused.
[coordination]
remote = "origin"           # where claims are kept; "." is this clone alone
lease_duration = "60m"      # a claim ends after that, unless it is renewed
`,
    );
  });

  it('begins with the types that hold anyway where no document was recognised', () => {
    const { config } = written([]);
    expect(config.types.map(({ name }) => name)).toContain('rfc');
    expect(config.coordination?.remote).toBe('origin');
    for (const [, path = '', id] of written([]).text.matchAll(/(docs\/\S+\.md)(?: is (\S+))?/g)) {
      if (path !== 'docs/configuration.md') {
        expect(identifyPath(path, config.types)?.id).toBe(id ?? /[A-Z]+-001/.exec(path)?.[0]);
      }
    }
  });

  it('becomes what its example says once the comment is taken away', () => {
    const text = written([]).text.replace(/^# (\[\[types]]|[a-z]+ = )/gm, '$1');
    const { types } = parseHome('.lazyspec.toml', Buffer.from(text));
    for (const name of ['DESIGN-001-title.md', '001-title.md']) {
      expect(identifyPath(`design/${name}`, types)).toEqual({ id: 'DESIGN-001', type: 'design' });
    }
  });

  it('says why the remote is what it is', () => {
    const { text, config } = written([], { name: '.', why: ['There is none.'] } as never);
    expect(text).toContain('\n# There is none.\n[coordination]\nremote = "." ');
    expect(config.coordination?.remote).toBe('.');
  });

  it.each([
    ['quotes', 'a "b" \'c\''],
    ['triple quotes', '"""'],
    ['a line end', 'a\nb\r\nc'],
    ['an end of the table', 'x"\n[coordination]\nremote = "evil'],
    ['a comment', '# a'],
    ['letters of many scripts', 'dökümente/文書/مستندات'],
    ['pictures', '📚👩‍👩‍👧'],
    ['what turns text around', 'a\u202egnp.b'],
    ['what does not show', 'a\u200bb\u{e0041}c\u0001\u007f\u0085'],
    ['spaces', 'a b '],
    ['braces', '{n}-{title}'],
    ['a tab', 'a\tb'],
  ])('names folders with %s', (_, folder) => {
    const paths = [
      `${folder}/adr/0001-${folder.replaceAll('/', '-')}.md`,
      `${folder}/adr/0002-b.md`,
    ];
    const { text, config } = written(paths);
    expect(config.types.map(({ dir, name }) => `${name} in ${dir}`)).toEqual([
      `adr in ${folder}/adr`,
    ]);
    expect(config.coordination?.remote).toBe('origin');
    expect(paths.map((path) => identifyPath(path, config.types)?.id)).toEqual([
      'ADR-0001',
      'ADR-0002',
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u{e0041}]/u);
  });

  it('leaves out a folder that no configuration may name, for the blank before it', () => {
    const { text } = written([' docs/adr/0001-a.md', ' docs/adr/0002-b.md']);
    expect(text).toContain('# No documents were recognised.');
  });
});
