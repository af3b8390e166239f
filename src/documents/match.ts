/**
 * Patterns of names that carry no prefix, such as `{n:04}-{title}.md`.
 */

import type { DocumentType } from './document.ts';

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** What is wrong with a pattern, or undefined where it can be used. */
export function patternProblem(pattern: string): string | undefined {
  const kinds: string[] = [];
  for (const [text, inside = ''] of pattern.matchAll(PLACEHOLDER)) {
    const kind = placeholderKind(inside);
    if (kind === undefined) {
      return `${JSON.stringify(text)} is none of {n}, {n:04}, {title}, {date}, {type}`;
    }
    kinds.push(kind);
  }
  const literal = pattern.replace(PLACEHOLDER, '');
  if (/[{}]/.test(literal)) return 'a brace is not closed, or not opened';
  if (literal.includes('/')) return 'it names a file, so that it cannot hold a slash';
  if (pattern !== pattern.trim()) return 'it has a blank around it';
  if (!kinds.includes('n')) return '{n} is missing';
  // Each once and none next to another: else there is more than one way to read a name, and the
  // time to try them all grows with a power of its length.
  if (new Set(kinds).size < kinds.length) return 'each placeholder can be there only once';
  if (pattern.includes('}{')) return 'there must be something between two placeholders';
  return undefined;
}

/**
 * The key in a name that fits one of the type's patterns, as it is written there.
 *
 * @param name One component of a path.
 * @param isFolder A folder has no extension, so that the pattern's is not asked of it.
 */
export function matchKey(type: DocumentType, name: string, isFolder: boolean): string | undefined {
  for (const { expression, extension } of compiled(type)) {
    for (const candidate of candidates(name, isFolder, extension)) {
      const key = expression.exec(candidate)?.[1];
      if (key !== undefined) return key;
    }
  }
  return undefined;
}

interface Compiled {
  expression: RegExp;
  extension: string;
}

const expressions = new WeakMap<DocumentType, Compiled[]>();

function compiled(type: DocumentType): Compiled[] {
  const known = expressions.get(type);
  if (known) return known;
  const made = type.match.map((pattern) => {
    const extension = /(?:\.[A-Za-z0-9]+)*$/.exec(pattern)?.[0] ?? '';
    const stem = pattern.slice(0, pattern.length - extension.length);
    return { expression: compile(stem, type.prefix), extension };
  });
  expressions.set(type, made);
  return made;
}

/** What of a name is held against a pattern whose extension was taken off. */
function candidates(name: string, isFolder: boolean, extension: string): string[] {
  if (isFolder) return [name];
  if (extension === '') return [name, name.replace(/\.[A-Za-z0-9]+$/, '')];
  return name.endsWith(extension) ? [name.slice(0, name.length - extension.length)] : [];
}

function compile(pattern: string, prefix: string): RegExp {
  const parts = pattern.split(/(\{[^{}]*\})/);
  const source = parts.map((part, index) => {
    const kind = index % 2 === 1 ? placeholderKind(part.slice(1, -1)) : undefined;
    if (kind === 'n') return '([0-9]+)';
    if (kind === 'title') return '.+?';
    if (kind === 'date') return '[0-9]{4}-[0-9]{2}-[0-9]{2}';
    return kind === 'type' ? eitherCase(prefix) : escapeLiteral(part);
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

function placeholderKind(inside: string): string | undefined {
  return /^(n)(?::[0-9]+)?$|^(title|date|type)$/.exec(inside)?.slice(1).find(Boolean);
}

function eitherCase(text: string): string {
  return escapeLiteral(text).replace(/[a-z]/gi, (letter) => {
    return `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
  });
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
