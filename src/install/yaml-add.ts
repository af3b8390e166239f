import { isCollection, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import { blockLines, dashWidth, flowText, indented, nested, styleOf } from './yaml-style.ts';
import {
  columnOf,
  dashes,
  isNothing,
  keyEnd,
  lineEnd,
  partEnd,
  type Tree,
  type Walk,
} from './yaml-tree.ts';

/** The text with `item` added to the list that `found` leads to, as new lines or inside brackets. */
export function textWithItem(
  text: string,
  tree: Tree,
  { steps, node }: Walk,
  path: readonly string[],
  item: unknown,
): string | undefined {
  const style = styleOf(text, tree);
  const keys = path.slice(steps.length);
  const value = nested(keys, item);
  const owner = steps.at(-1);
  const ownerColumn = owner === undefined ? -1 : columnOf(text, owner.pair.key.range[0]);
  const inBrackets = steps.some(({ map }) => map.flow);

  if (node !== undefined && isCollection(node) && !isVoid(text, node, inBrackets)) {
    const content = flowContent(keys, item);
    const last = node.items.length - 1;
    if (node.flow && last < 0) return spliced(text, node.range[0] + 1, node.range[0] + 1, content);
    const end = partEnd(text, node, last);
    if (node.flow) return spliced(text, end, end, `, ${content}`);
    const first = isSeq(node) ? dashes(node)[0] : node.items[0]?.key.range[0];
    if (first === undefined) return undefined;
    const dash = dashWidth(text, node) ?? style.dash;
    const lines = indented(blockLines(value, { ...style, dash }), columnOf(text, first));
    return withLines(text, end, lines, style.eol, ownerColumn + 1);
  }

  if (owner === undefined) {
    const lines = blockLines(value, style);
    return node !== undefined && isCollection(node)
      ? spliced(text, node.range[0], node.range[1], lines.join(style.eol))
      : atEnd(text, lines, style.eol);
  }

  // A key that holds nothing, or as good as nothing: `jobs:`, `jobs: null`, `jobs: []`.
  const colon = keyEnd(text, owner.pair);
  const end = Math.max(colon, node?.range[1] ?? colon);
  if (inBrackets) return spliced(text, colon, end, ` ${flowText(value)}`);
  const column = ownerColumn + (keys.length === 0 ? style.list : style.map);
  const cleared = node === undefined || isBare(node) ? text : spliced(text, colon, end, '');
  return withLines(
    cleared,
    colon,
    indented(blockLines(value, style), column),
    style.eol,
    ownerColumn + 1,
  );
}

/** The same done to the tree. */
export function treeWithItem(
  tree: Tree,
  { steps, node }: Walk,
  path: readonly string[],
  item: unknown,
): void {
  if (isSeq(node)) node.add(tree.createNode(item) as ParsedNode);
  else if (isNothing(node)) {
    const depth = steps.length;
    const value = tree.createNode(nested(path.slice(depth), item));
    if (depth === 0) tree.contents = value as ParsedNode;
    else tree.setIn(path.slice(0, depth), value);
  } else {
    const depth = steps.length + 1;
    tree.setIn(path.slice(0, depth), tree.createNode(nested(path.slice(depth), item)));
  }
}

/** An empty `[]` or `{}` outside other brackets: block lines take its place. */
function isVoid(text: string, node: ParsedNode, inBrackets: boolean): boolean {
  if (inBrackets || !(isMap(node) || isSeq(node)) || !node.flow) return false;
  return /^[[{] *[\]}]$/.test(text.slice(node.range[0], node.range[1]));
}

/** Null by having no text at all; comments may stand where its range lies. */
function isBare(node: ParsedNode): boolean {
  return isScalar(node) && (node.source ?? '') === '';
}

/** What goes between the brackets of a list, or of a map that lacks the first of `keys`. */
function flowContent(keys: readonly string[], item: unknown): string {
  const [first, ...rest] = keys;
  if (first === undefined) return flowText(item);
  return `${flowText(first)}: ${flowText(nested(rest, item))}`;
}

function spliced(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}

/**
 * Puts lines below the line of `offset`. Comments right below it that are indented by `indent` at
 * least belong to what stands above, and stay there.
 */
function withLines(
  text: string,
  offset: number,
  lines: string[],
  eol: string,
  indent: number,
): string {
  let end = lineEnd(text, offset);
  for (;;) {
    const comment = /^\r?\n( *)#[^\n]*/.exec(text.slice(end));
    if (comment === null || (comment[1] ?? '').length < indent) break;
    end = lineEnd(text, end + comment[0].indexOf('#'));
  }
  return spliced(text, end, end, eol + lines.join(eol));
}

/** For a file that holds comments at most: at its end, or before the mark of its end. */
function atEnd(text: string, lines: string[], eol: string): string {
  const mark = /^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length;
  const added = lines.join(eol);
  const before = text.slice(0, mark);
  const onOwnLine = before === '' || before.endsWith('\n');
  return before + (onOwnLine ? added + eol : eol + added) + text.slice(mark);
}
