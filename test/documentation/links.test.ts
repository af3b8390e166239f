/** Links between pages, and from pages to files; what is on other hosts is not asked for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE } from '../helpers/sandbox.ts';
import { PAGES } from './pages.ts';

const { files, scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

/** What npm publishes: what is listed, and what it adds by itself. */
const PUBLISHED: string[] = [...files, 'README.md', 'LICENSE', 'package.json'];

/** For whoever works on the project, who has the repository: not published, and may be linked to. */
const FOR_CONTRIBUTORS = ['CONTRIBUTING.md', 'src', 'test'];

const isIn = (folders: readonly string[], path: string) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

const isLocal = (link: string) => !/^[a-z][a-z+.-]*:/i.test(link);

/** The file that a link of a page leads to, from the top of the project. */
const target = (page: string, link: string) =>
  posix.normalize(posix.join(posix.dirname(page), link.replace(/#.*/, '') || posix.basename(page)));

describe.each(PAGES.map((page) => [page.path, page] as const))('%s', (path, page) => {
  const local = page.links.filter(isLocal).map((link) => ({ link, to: target(path, link) }));

  test('leads to files that there are', () => {
    expect(local.filter(({ to }) => to.startsWith('..') || !existsSync(join(PACKAGE, to)))).toEqual(
      [],
    );
  });

  test('leads to headings that there are', () => {
    const lost = local.filter(({ link, to }) => {
      const [, anchor] = link.split('#');
      const there = PAGES.find((one) => one.path === to);
      return anchor !== undefined && !there?.anchors.has(decodeURIComponent(anchor));
    });
    expect(lost).toEqual([]);
  });

  test('leads to other hosts by https, at addresses that are whole', () => {
    for (const link of page.links.filter((one) => !isLocal(one))) {
      expect(URL.canParse(link) && new URL(link).protocol).toBe('https:');
    }
  });

  test('names scripts of npm that there are', () => {
    const named = [...page.text.matchAll(/\bnpm run (?:--?\w+ )*(\w+(?::\w+)*)/g)].map(
      ([, name]) => name,
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
  });

  if (isIn(PUBLISHED, path)) {
    test('leads, where it is published, to what is published too', () => {
      const known = [...PUBLISHED, ...FOR_CONTRIBUTORS];
      expect(local.filter(({ to }) => !isIn(known, to))).toEqual([]);
    });
  }
});

test('every page of docs is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    const links = PAGES.find((page) => page.path === path)?.links ?? [];
    for (const link of links.filter(isLocal)) reached.add(target(path, link));
  }
  const pages = PAGES.map(({ path }) => path).filter((path) => /^docs\/(?!adrs\/)/.test(path));
  expect(pages.filter((path) => !reached.has(path))).toEqual([]);
});

test('the sources name pages and headings that there are', () => {
  const lost = ['src', 'hooks', 'templates', 'scripts', 'bench']
    .flatMap((folder) =>
      readdirSync(join(PACKAGE, folder), { recursive: true, withFileTypes: true }),
    )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const named = readFileSync(path, 'utf8').matchAll(/\b(docs\/[a-z-]+\.md)(?:#([\w-]+))?/g);
      return [...named].map(([, page, anchor]) => ({ path, page, anchor }));
    })
    .filter(({ page, anchor }) => {
      const there = PAGES.find((one) => one.path === page);
      return !there || (anchor !== undefined && !there.anchors.has(anchor));
    });
  expect(lost).toEqual([]);
});
