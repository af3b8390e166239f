import { createScanner, type Node } from 'jsonc-parser';

/**
 * @param nodes the values from the root to the last that is there
 * @param keys those that are missing below it; none, if its value is to be replaced
 */
export function textWithJson(
  text: string,
  nodes: readonly Node[],
  keys: readonly (string | number)[],
  value: unknown,
): string {
  const node = nodes.at(-1) as Node;
  const [key, ...rest] = keys;
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const unit = indentUnit(text, nodes[0] as Node);
  const outer = indentOf(text, node.offset);
  if (key === undefined) {
    const onOneLine = node.parent !== undefined && !startsLine(text, node.parent.offset);
    return replaced(text, node.offset, end(node), written(value, unit, outer, eol, onOneLine));
  }

  const below = rest.reduceRight<unknown>(
    (inner, name) => (typeof name === 'number' ? [inner] : { [name]: inner }),
    value,
  );
  const last = node.children?.at(-1);
  const inner = last === undefined ? outer + unit : indentOf(text, last.offset);
  const inside = text.slice(node.offset + 1, end(node) - 1);
  const onOneLine = last === undefined ? /^[ \t]+$/.test(inside) : !startsLine(text, last.offset);
  const name = typeof key === 'number' ? '' : `${JSON.stringify(key)}: `;
  const pair = name + written(below, unit, inner, eol, onOneLine);
  if (last === undefined) {
    // What is in an empty object stays behind the new key, so that its removal leaves just that.
    if (onOneLine) return replaced(text, end(node) - 1, end(node) - 1, `${pair}${inside}`);
    const closing = inside === '' ? eol + outer : /^[ \t]*\r?\n/.test(inside) ? eol : '';
    return replaced(text, node.offset + 1, node.offset + 1, eol + inner + pair + closing);
  }

  const comma = commaBehind(text, last);
  const at = onOneLine ? (comma ?? end(last)) : endOfRemark(text, comma ?? end(last));
  const added = (onOneLine ? ' ' : eol + inner) + pair + (comma === undefined ? '' : ',');
  const grown = replaced(text, at, at, added);
  return comma === undefined ? replaced(grown, end(last), end(last), ',') : grown;
}

/** @param nodes the values from the root to the one that goes */
export function textWithoutJson(text: string, nodes: readonly Node[]): string {
  const owner = nodes.at(-2) as Node;
  const pair = partOf(owner, nodes.at(-1) as Node);
  const siblings = owner.children ?? [];
  const index = siblings.indexOf(pair);
  const comma = commaBehind(text, pair);
  const to = comma ?? end(pair);
  const spaces = /[ \t]*$/.exec(text.slice(0, pair.offset))?.[0].length ?? 0;
  const lineBreak = /\r?\n$/.exec(text.slice(0, pair.offset - spaces))?.[0].length ?? 0;
  const from = pair.offset - spaces - lineBreak;

  if (siblings.length === 1) {
    const rest = text.slice(to, end(owner) - 1);
    if (lineBreak === 0) {
      return replaced(text, pair.offset, to + (/^[ \t]*$/.test(rest) ? rest.length : 0), '');
    }
    // `{`, key and `}` on lines of their own close up; whatever else is there stays.
    const lone = /[{[]/.test(text[from - 1] ?? '') && /^\r?\n[ \t]*$/.test(rest);
    const blank = lone ? rest.length : (/^\r?\n(?=[ \t]*\r?\n)/.exec(rest)?.[0].length ?? 0);
    return replaced(text, from, to + blank, '');
  }
  if (index < siblings.length - 1 && lineBreak === 0) {
    return replaced(text, pair.offset, (siblings[index + 1] as Node).offset, '');
  }
  const shrunk = replaced(text, from, to, '');
  if (index < siblings.length - 1 || comma !== undefined) return shrunk;
  // The comma before the last key goes with it.
  const before = commaBehind(text, siblings[index - 1] as Node) ?? from;
  return replaced(shrunk, before - 1, before, '');
}

/** A value with its key, if it has one. */
export function partOf(owner: Node, value: Node): Node {
  return owner.type === 'array' ? value : (value.parent as Node);
}

function end(node: Node): number {
  return node.offset + node.length;
}

function replaced(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}

/** Behind the comma that follows a pair, comments between them aside; undefined if none does. */
function commaBehind(text: string, node: Node): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(end(node));
  scanner.scan();
  const offset = scanner.getTokenOffset();
  return text[offset] === ',' ? offset + 1 : undefined;
}

/** The end of the comment that follows on the same line, if one does. */
function endOfRemark(text: string, offset: number): number {
  const remark = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/(?=[ \t]*\r?\n))/.exec(
    text.slice(offset),
  );
  return offset + (remark?.[0].length ?? 0);
}

function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset) + 1))?.[0] ?? '';
}

function startsLine(text: string, offset: number): boolean {
  return /\n[ \t]*$/.test(text.slice(0, offset));
}

function indentUnit(text: string, root: Node): string {
  const first = root.children?.find(({ offset }) => startsLine(text, offset));
  return (first && indentOf(text, first.offset)) || '  ';
}

function written(
  value: unknown,
  unit: string,
  indent: string,
  eol: string,
  onOneLine: boolean,
): string {
  const lines = JSON.stringify(value, null, onOneLine ? ' ' : unit).split('\n');
  if (onOneLine) return lines.map((line) => line.trimStart()).join(' ');
  return lines.join(eol + indent);
}
