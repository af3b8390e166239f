/**
 * Edits of one value in a JSON file that somebody wrote by hand. The formatter of jsonc-parser lays
 * out anew every line it touches, so that only its parser is used: text is put in and taken out
 * beside what is there, which stays to the byte. The result is parsed again and compared.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import { LazyspecError } from '../errors.ts';
import { partOf, textWithJson, textWithoutJson } from './json-text.ts';

const BOM = '\uFEFF';

/** Keys of objects, and places in lists; the place behind the last is for one more. */
export type JsonPath = readonly (string | number)[];

export interface JsonOptions {
  /** Allow comments and trailing commas. */
  comments?: boolean;
}

export interface RemoveOptions extends JsonOptions {
  /** Let go of what holds nothing any more, too; never of the whole. */
  pruneEmpty?: boolean;
}

/**
 * The value of a JSON file.
 * @throws LazyspecError CONFIG_INVALID, naming file and line
 */
export function readJson(file: string, text: string, options: JsonOptions = {}): unknown {
  const source = text.replace(BOM, '');
  const errors: ParseError[] = [];
  const comments = options.comments === true;
  const value: unknown = parse(source, errors, {
    disallowComments: !comments,
    allowTrailingComma: comments,
  });
  const [error] = errors;
  if (error === undefined) return value;
  const reason = printParseErrorCode(error.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  throw invalid(file, source, error.offset, `is not valid JSON: ${reason.toLowerCase()}`);
}

/**
 * The text with `value` (JSON) at `path`. Objects and lists are made where they are missing, and new
 * keys go last; a value that is there already is replaced.
 * @throws LazyspecError CONFIG_INVALID for a file that cannot be read, or where something else than
 *   an object, or a list, is in the way
 */
export function setJson(
  file: string,
  text: string,
  path: JsonPath,
  value: unknown,
  options: JsonOptions = {},
): string {
  return edited(file, text, options, (source, root) => {
    const { found, nodes } = follow(file, source, root, path);
    return {
      wanted: (old) => changed(old, path, value),
      result: textWithJson(source, nodes, path.slice(found), value),
    };
  });
}

/**
 * The text without what stands at `path`; the same text if nothing does.
 * @throws LazyspecError CONFIG_INVALID as `setJson`
 */
export function removeJson(
  file: string,
  text: string,
  path: JsonPath,
  options: RemoveOptions = {},
): string {
  return edited(file, text, options, (source, root) => {
    const { found, nodes } = follow(file, source, root, path);
    if (found < path.length || found === 0) return undefined;
    let depth = found;
    while (options.pruneEmpty && depth > 1 && holdsOnly(source, nodes[depth - 1], nodes[depth])) {
      depth--;
    }
    return {
      wanted: (old) => changed(old, path.slice(0, depth), undefined),
      result: textWithoutJson(source, nodes.slice(0, depth + 1)),
    };
  });
}

interface Edit {
  wanted(old: unknown): unknown;
  result: string;
}

function edited(
  file: string,
  text: string,
  options: JsonOptions,
  plan: (source: string, root: Node) => Edit | undefined,
): string {
  const old = readJson(file, text, options);
  const bom = text.startsWith(BOM) ? BOM : '';
  const source = text.slice(bom.length);
  const root = parseTree(source, [], { allowTrailingComma: true });
  if (root === undefined) throw invalid(file, source, 0, 'is not valid JSON: value expected');
  const edit = plan(source, root);
  if (edit === undefined) return text;
  if (!isDeepStrictEqual(readJson(file, edit.result, options), edit.wanted(old))) {
    // Two keys of the same name do this: the first is edited, and the last is what counts.
    throw invalid(file, source, 0, 'cannot be edited safely: is there a key twice?');
  }
  return bom + edit.result;
}

/** How many keys of `path` there are, and the values from the root to the last of them. */
function follow(file: string, text: string, root: Node, path: JsonPath) {
  const nodes = [root];
  for (const [found, key] of path.entries()) {
    const node = nodes[found] as Node;
    const [type, called] = typeof key === 'number' ? ['array', 'a list'] : ['object', 'an object'];
    if (node.type !== type) {
      const name = path.slice(0, found).join('.') || 'the file';
      throw invalid(file, text, node.offset, `${name} should be ${called}, and is not`);
    }
    const value =
      typeof key === 'number'
        ? node.children?.[key]
        : node.children?.find((pair) => pair.children?.[0]?.value === key)?.children?.[1];
    if (value === undefined) return { found, nodes };
    nodes.push(value);
  }
  return { found: path.length, nodes };
}

/** Is there nothing else in `owner`, not even a comment, than `value` and its key? */
function holdsOnly(text: string, owner: Node | undefined, value: Node | undefined): boolean {
  if (owner === undefined || value === undefined) return false;
  const part = partOf(owner, value);
  const before = text.slice(owner.offset, part.offset);
  const after = text.slice(part.offset + part.length, owner.offset + owner.length);
  return /^(\{\s*,?\s*\}|\[\s*,?\s*\])$/.test(before + after);
}

function changed(old: unknown, [key, ...rest]: JsonPath, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const items = (old ?? []) as unknown[];
    const next = changed(items[key], rest, value);
    return [...items.slice(0, key), ...(next === undefined ? [] : [next]), ...items.slice(key + 1)];
  }
  const { [key]: part, ...others } = (old ?? {}) as Record<string, unknown>;
  const next = changed(part, rest, value);
  return next === undefined ? others : { ...others, [key]: next };
}

function invalid(file: string, text: string, offset: number, reason: string): LazyspecError {
  const line = text.slice(0, offset).split('\n').length;
  return new LazyspecError('CONFIG_INVALID', `${file}:${line}: ${reason}`, {
    remedy: `Mend ${file} and run the command again.`,
    data: { file, line },
  });
}
