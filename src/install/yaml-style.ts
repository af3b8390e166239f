import { isMap, isPair, isSeq, type ParsedNode, stringify, visit } from 'yaml';
import { columnOf, dashes, type MapPair, type Tree } from './yaml-tree.ts';

/** How a file is laid out, in columns, as far as it shows. */
export interface Style {
  /** From a key to the keys below it. */
  map: number;
  /** From a key to the dashes below it; 0 where they stand under the key itself. */
  list: number;
  /** From a dash to what it holds. */
  dash: number;
  eol: string;
}

export function styleOf(text: string, tree: Tree): Style {
  const seen: Partial<Style> = {};
  visit(tree, {
    Pair(_, pair) {
      const { key, value } = pair as MapPair;
      if (!isMap(value) && !isSeq(value)) return;
      if (value.flow || value.range === undefined) return;
      const step = columnOf(text, value.range[0]) - columnOf(text, key.range[0]);
      if (isMap(value)) seen.map ??= step;
      else seen.list ??= step;
    },
    Seq(_, list) {
      const width = dashWidth(text, list as ParsedNode);
      if (width !== undefined) seen.dash ??= width;
    },
  });
  const map = seen.map ?? (seen.list || 2);
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  return { map, list: seen.list ?? map, dash: seen.dash ?? 2, eol };
}

/** From the first dash of a list to what stands on the same line; undefined if nothing does. */
export function dashWidth(text: string, list: ParsedNode): number | undefined {
  if (!isSeq(list) || list.flow) return undefined;
  const [dash] = dashes(list);
  const item = list.items[0];
  if (dash === undefined || !item || isPair(item)) return undefined;
  const between = text.slice(dash + 1, item.range[0]);
  return /^ +$/.test(between) ? between.length + 1 : undefined;
}

/** Readers of YAML 1.1 (pre-commit is one) take a bare `yes` or `on` for a truth value. */
const ONE_LINE = {
  blockQuote: false,
  collectionStyle: 'flow',
  compat: 'yaml-1.1',
  lineWidth: 0,
} as const;

/** A value as the lines of a block, laid out like the rest of the file. */
export function blockLines(value: unknown, style: Style): string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = blockLines(item, style);
      return ['-'.padEnd(style.dash) + first, ...indented(rest, style.dash)];
    });
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return [flowText(value)];
  }
  return Object.entries(value).flatMap(([key, part]) => {
    const lines = blockLines(part, style);
    const holdsMore = typeof part === 'object' && part !== null && Object.keys(part).length > 0;
    if (!holdsMore) return [`${flowText(key)}: ${lines[0]}`];
    return [`${flowText(key)}:`, ...indented(lines, Array.isArray(part) ? style.list : style.map)];
  });
}

export function indented(lines: string[], columns: number): string[] {
  return lines.map((line) => ' '.repeat(columns) + line);
}

/** A value on one line, as the inside of brackets wants it. */
export function flowText(value: unknown): string {
  return stringify(value, ONE_LINE).trimEnd();
}

/** `item` in a list below `keys`. */
export function nested(keys: readonly string[], item: unknown): unknown {
  return keys.reduceRight<unknown>((value, key) => ({ [key]: value }), [item]);
}
