/**
 * Edits of a list in a YAML file that somebody wrote by hand. Lines are put in and taken out as
 * text, so that comments, order, quotes and line ends around them stay to the byte. The result is
 * parsed again, and returned only if it holds what it should and nothing else has changed.
 */
import { isDeepStrictEqual } from 'node:util';
import { textWithItem, treeWithItem } from './yaml-add.ts';
import { planRemoval, textWithout, treeWithout } from './yaml-remove.ts';
import { styleOf } from './yaml-style.ts';
import { parseTree, plainValue, type Tree, uneditable, walk } from './yaml-tree.ts';

const BOM = '\uFEFF';

/**
 * The value of a YAML file; null if it is empty.
 * @throws LazyspecError CONFIG_INVALID, naming file and line, for what is not one YAML document
 */
export function readYaml(file: string, text: string): unknown {
  return plainValue(file, parseTree(file, text.replace(BOM, '')));
}

/**
 * The text with `item` at the end of the list at `path`. Maps and the list are made where they are
 * missing. Adding twice gives two items.
 * @throws LazyspecError CONFIG_INVALID for a file that cannot be edited safely
 */
export function addToList(
  file: string,
  text: string,
  path: readonly string[],
  item: unknown,
): string {
  return edited(file, text, path, (tree, source, value) => ({
    wanted: withItem(value, path, item),
    asText: () => textWithItem(source, tree, walk(file, source, tree, path), path, item),
    asTree: () => treeWithItem(tree, walk(file, source, tree, path), path, item),
  }));
}

/**
 * The text without the items that `isOurs` names. A list that is thereby empty goes, and so does
 * each map on `path` that is; one that has a comment between its key and its content stays, empty.
 * @throws LazyspecError CONFIG_INVALID for a file that cannot be edited safely
 */
export function removeFromList(
  file: string,
  text: string,
  path: readonly string[],
  isOurs: (item: unknown) => boolean,
): string {
  return edited(file, text, path, (tree, source, value) => {
    const list = at(value, path);
    const ours = Array.isArray(list) ? list.flatMap((item, i) => (isOurs(item) ? [i] : [])) : [];
    if (ours.length === 0) return undefined;
    const plan = planRemoval(source, walk(file, source, tree, path), ours);
    return {
      wanted: withoutItems(value, path, ours, plan.dropped, plan.emptied),
      asText: () => textWithout(source, plan),
      asTree: () => treeWithout(tree, path, plan),
    };
  });
}

interface Edit {
  /** What the file is to hold afterwards. */
  wanted: unknown;
  /** Undefined where text cannot be put in safely. */
  asText(): string | undefined;
  /** Changes the tree; for files laid out in ways that the text edit does not know. */
  asTree(): void;
}

function edited(
  file: string,
  text: string,
  path: readonly string[],
  plan: (tree: Tree, source: string, value: unknown) => Edit | undefined,
): string {
  const bom = text.startsWith(BOM) ? BOM : '';
  const source = text.slice(bom.length);
  const tree = parseTree(file, source);
  const edit = plan(tree, source, plainValue(file, tree));
  if (edit === undefined) return text;
  const first = edit.asText();
  if (first !== undefined && holds(file, first, edit.wanted)) return bom + first;

  const { map, list, eol } = styleOf(source, tree);
  edit.asTree();
  const second = tree
    .toString({ indent: map, indentSeq: list > 0, lineWidth: 0 })
    .replaceAll('\n', eol);
  if (holds(file, second, edit.wanted)) return bom + second;
  throw uneditable(file, 1, `${path.join('.') || 'its list'} cannot be edited safely`);
}

function holds(file: string, text: string, wanted: unknown): boolean {
  // An empty file and an empty map mean the same to whoever reads it.
  return isDeepStrictEqual(readYaml(file, text) ?? {}, wanted ?? {});
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => asMap(part)?.[key], value);
}

function asMap(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

/** A copy of `value` in which `change` has been made at `path`; undefined takes the key away. */
function changed(
  value: unknown,
  [key, ...rest]: readonly string[],
  change: (part: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  const { [key]: part, ...others } = asMap(value) ?? {};
  const next = changed(part, rest, change);
  return next === undefined ? others : { ...others, [key]: next };
}

function withItem(value: unknown, path: readonly string[], item: unknown): unknown {
  const plain: unknown = JSON.parse(JSON.stringify(item));
  return changed(value, path, (list) => [...(Array.isArray(list) ? list : []), plain]);
}

function withoutItems(
  value: unknown,
  path: readonly string[],
  ours: readonly number[],
  dropped: number | undefined,
  emptied: number | undefined,
): unknown {
  if (emptied !== undefined) return changed(value, path.slice(0, emptied + 1), () => null);
  if (dropped !== undefined) return changed(value, path.slice(0, dropped + 1), () => undefined);
  return changed(value, path, (list) =>
    (list as unknown[]).filter((_, index) => !ours.includes(index)),
  );
}
