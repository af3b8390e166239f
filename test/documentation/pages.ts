/** The pages of the documentation: their headings, links and fenced blocks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Token, Tokens } from 'marked';
import { marked } from 'marked';
import { PACKAGE } from '../helpers/sandbox.ts';

export interface Fence {
  language: string;
  code: string;
  /** What the comment above says that it runs in. */
  runsIn: string | undefined;
  /** Of its first line in the page, from 1. */
  line: number;
}

export interface Page {
  /** From the top of the project, with slashes. */
  path: string;
  text: string;
  /** What a link to one of its headings is called, by GitHub's rules. */
  anchors: Set<string>;
  links: string[];
  /** Code within the lines. */
  spans: string[];
  fences: Fence[];
}

/** The comment above a block. */
const RUNS_IN = /<!-- runs in: (.+?) -->\s*$/;

/** Every page that is written for people, wherever it is. */
export const PAGES: readonly Page[] = [
  ...['.', 'docs', 'templates'].flatMap((folder) =>
    readdirSync(join(PACKAGE, folder), { encoding: 'utf8', recursive: folder !== '.' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  ),
]
  .sort()
  .map(readPage);

function readPage(path: string): Page {
  const text = readFileSync(join(PACKAGE, path), 'utf8');
  const slugger = new GithubSlugger();
  const page: Page = { path, text, anchors: new Set(), links: [], spans: [], fences: [] };
  let before = '';
  let from = 0;
  for (const token of everyToken(marked.lexer(text))) {
    if (token.type === 'heading') page.anchors.add(slugger.slug(plain(token as Tokens.Heading)));
    if (token.type === 'link' || token.type === 'image') page.links.push(token.href);
    if (token.type === 'codespan') page.spans.push(token.text);
    if (token.type === 'html') {
      for (const [, target = ''] of token.raw.matchAll(/\s(?:href|src|srcset)="([^"]+)"/g)) {
        page.links.push(target);
      }
    }
    if (token.type === 'code' && token.codeBlockStyle !== 'indented') {
      const { lang = '', text: code } = token as Tokens.Code;
      const [first = ''] = code.split('\n');
      from = text.indexOf(first, text.indexOf(`\`\`\`${lang}`, from)) + 1;
      const line = text.slice(0, from).split('\n').length;
      page.fences.push({ language: lang, code, runsIn: RUNS_IN.exec(before)?.[1], line });
    }
    if (token.type !== 'space') before = token.raw;
  }
  return page;
}

/** The tokens, and those in them, in the order of the text. */
function* everyToken(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      for (const cell of [header, ...rows].flat()) yield* everyToken(cell.tokens);
    } else if (token.type === 'list') yield* everyToken((token as Tokens.List).items);
    else if ('tokens' in token && token.tokens) yield* everyToken(token.tokens);
  }
}

/** The text of a heading as it is shown. */
function plain({ tokens }: { tokens: Token[] }): string {
  return tokens
    .map((token) =>
      'tokens' in token && token.tokens
        ? plain({ tokens: token.tokens })
        : (token as Tokens.Text).text,
    )
    .join('');
}
