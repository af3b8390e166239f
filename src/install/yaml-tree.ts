import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { LazyspecError } from '../errors.ts';

/** A parsed YAML file, and where its nodes stand in the text. */
export type Tree = Document.Parsed;
export type MapPair = Pair<ParsedNode, ParsedNode | null>;

/** One key on the way to a list. */
export interface Step {
  map: YAMLMap.Parsed;
  pair: MapPair;
}

/** How far a path leads: the keys found, and what the last of them holds (undefined: nothing). */
export interface Walk {
  steps: Step[];
  node: ParsedNode | undefined;
}

/**
 * @param text without a byte order mark
 * @throws LazyspecError CONFIG_INVALID for what is not one YAML document with unique keys
 */
export function parseTree(file: string, text: string): Tree {
  const lines = new LineCounter();
  const tree = parseDocument(text, {
    keepSourceTokens: true,
    lineCounter: lines,
    logLevel: 'error',
    merge: true,
    prettyErrors: false,
  });
  const [error] = tree.errors;
  if (error === undefined) return tree as Tree;
  const reason =
    error.code === 'MULTIPLE_DOCS' ? 'it holds several YAML documents' : error.message.trimEnd();
  throw uneditable(file, lines.linePos(error.pos[0]).line, reason, error);
}

export function uneditable(
  file: string,
  line: number,
  reason: string,
  cause?: unknown,
): LazyspecError {
  return new LazyspecError('CONFIG_INVALID', `${file}:${line}: ${reason}`, {
    remedy: `Mend ${file} and run the command again.`,
    data: { file, line },
    cause,
  });
}

/**
 * The value of a tree, nothing shared between its parts: what an anchor's edit does to its aliases
 * must show when values are compared.
 * @throws LazyspecError CONFIG_INVALID for aliases and merges that cannot be followed
 */
export function plainValue(file: string, tree: Tree): unknown {
  let value: unknown;
  try {
    value = tree.toJS();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw uneditable(file, 1, error.message, error);
  }
  return JSON.parse(JSON.stringify(value ?? null));
}

export function isNothing(node: ParsedNode | null | undefined): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

/**
 * Follows `path` through maps as far as it leads.
 * @throws LazyspecError CONFIG_INVALID where something else than a map, or an alias, is in the way
 */
export function walk(file: string, text: string, tree: Tree, path: readonly string[]): Walk {
  const steps: Step[] = [];
  let node = (tree.contents ?? undefined) as ParsedNode | undefined;
  for (;;) {
    if (isNothing(node)) return { steps, node };
    const rest = path[steps.length];
    const fits = rest === undefined ? isSeq(node) : isMap(node);
    if (node === undefined || !fits) {
      const at = path.slice(0, steps.length).join('.') || 'the file';
      const is = isAlias(node) ? 'is an alias of another place' : 'holds something else';
      const offset = node?.range[0] ?? 0;
      throw uneditable(
        file,
        text.slice(0, offset).split('\n').length,
        `${at} should be a ${rest === undefined ? 'list' : 'map'}, and ${is}`,
      );
    }
    if (rest === undefined) return { steps, node };
    const map = node as YAMLMap.Parsed;
    const pair = map.items.find(({ key }) => isScalar(key) && key.value === rest);
    if (pair === undefined) return { steps, node };
    steps.push({ map, pair });
    node = pair.value ?? undefined;
  }
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line's own text ends: before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Behind the colon of a key. */
export function keyEnd(text: string, { key }: MapPair): number {
  return text.indexOf(':', key.range[1]) + 1;
}

/** The offset of each `-` of a block list. */
export function dashes(list: YAMLSeq.Parsed): number[] {
  const items = list.srcToken?.type === 'block-seq' ? list.srcToken.items : [];
  return items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  );
}

/** Where a list's item, or a map's pair, ends: without the comments and empty lines behind it. */
export function partEnd(text: string, owner: YAMLMap.Parsed | YAMLSeq.Parsed, at: number): number {
  const part = owner.items[at];
  if (isPair(part)) return contentEnd(text, part.value, keyEnd(text, part as MapPair));
  return contentEnd(text, part ?? null, (isSeq(owner) ? (dashes(owner)[at] ?? 0) : 0) + 1);
}

function contentEnd(text: string, node: ParsedNode | null, fallback: number): number {
  if (node === null) return fallback;
  if (isCollection(node) && !node.flow) return partEnd(text, node, node.items.length - 1);
  const source = text.slice(node.range[0], node.range[1]);
  if (source === '') return fallback;
  // Empty lines at the end of a block scalar belong to it only where its header says `+`.
  const kept = isScalar(node) && /^[|>]\d*\+/.test(source);
  return node.range[0] + (kept ? source.replace(/\r?\n$/, '') : source.trimEnd()).length;
}
