/** The first configuration of a repository, for readers who have seen none before. */
import type { DocumentType } from '../documents/document.ts';
import type { ProposedType } from '../documents/propose.ts';
import { escapeInvisible, shortLine } from '../visible-text.ts';

export interface ChosenRemote {
  /** A remote, or '.'. */
  name: string;
  /** What the reader has to know of the choice, a line each. */
  why: readonly string[];
}

const HEAD = `# Files that are to be claimed before they are changed, and where claims are kept.
# Commit this file: it holds for everybody. All that can be in it: docs/configuration.md of
# lazyspec-hooks.`;

const NONE = `# No documents were recognised. Until there is a [[types]] table here these are:
# docs/rfcs/RFC-001-title.md, docs/adrs/ADR-001-title.md, docs/specs/SPEC-001-title.md,
# docs/stories/STORY-001-title.md, and docs/iterations/ITERATION-001-title.md.
#
# [[types]]
# name = "design"
# dir = "design"
# prefix = "DESIGN"             # design/DESIGN-001-title.md is DESIGN-001
# match = "{n:03}-{title}.md"   # and so is design/001-title.md`;

/** @returns TOML */
export function configurationText(types: readonly ProposedType[], remote: ChosenRemote): string {
  const tables = types.map((type, index) => typeTable(type, index === 0));
  return [HEAD, ...(tables.length > 0 ? tables : [NONE]), coordinationTable(remote)]
    .map((part) => `${part}\n`)
    .join('\n');
}

function typeTable({ type, documents, examples }: ProposedType, isFirst: boolean): string {
  const [first] = examples;
  const example = first ? `${shortLine(first.path, 100)} is ${first.id}` : '';
  const count = documents === 1 ? 'One document' : `${documents} documents`;
  return [
    `# ${count}: ${example}.`,
    '[[types]]',
    ...keysOf(type).map(([key, value, comment]) =>
      withComment(`${key} = ${value}`, isFirst ? comment : ''),
    ),
  ].join('\n');
}

function keysOf(type: DocumentType): [key: string, value: string, comment: string][] {
  const patterns = type.match.map(tomlString);
  const match = patterns.length > 1 ? `[${patterns.join(', ')}]` : patterns[0];
  return [
    ['name', tomlString(type.name), 'part of the git ref that keeps a claim'],
    ['plural', tomlString(type.plural), ''],
    ['dir', tomlString(type.dir || '.'), 'with all folders in it; "." is the root'],
    ['prefix', tomlString(type.prefix), `what an id starts with, as in ${type.prefix}-1`],
    ...(match ? [['match', match, 'names without that prefix; {n} is the number'] as const] : []),
    ...(type.subdirectory ? [['subdirectory', 'true', 'a document is a folder'] as const] : []),
  ].map(([key, value, comment]) => [key, value, comment]);
}

function coordinationTable({ name, why }: ChosenRemote): string {
  return [
    '# Without this table nothing is refused.',
    ...why.map((line) => `# ${line}`),
    '[coordination]',
    withComment(`remote = ${tomlString(name)}`, 'where claims are kept; "." is this clone alone'),
    withComment('lease_duration = "60m"', 'a claim ends after that, unless it is renewed'),
  ].join('\n');
}

function withComment(line: string, comment: string): string {
  return comment === '' ? line : `${line.padEnd(27)} # ${comment}`;
}

/** A basic string; what would not show is escaped. */
export function tomlString(text: string): string {
  return escapeInvisible(JSON.stringify(text), (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
