import { isCollection, isPair, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  dashes,
  keyEnd,
  lineEnd,
  lineStart,
  partEnd,
  type Step,
  type Tree,
  type Walk,
} from './yaml-tree.ts';

/** What to take away: half-open ranges of the text, and what that does to the tree. */
export interface Removal {
  ours: readonly number[];
  cuts: [from: number, to: number][];
  /** The index in the path of the uppermost key that goes with its content. */
  dropped: number | undefined;
  /** The index in the path of a key that stays and holds nothing. */
  emptied: number | undefined;
}

/** Plans to remove the items at the indexes `ours` of the list that the walk has reached. */
export function planRemoval(text: string, { steps, node }: Walk, ours: number[]): Removal {
  const plan: Removal = { ours, cuts: [], dropped: undefined, emptied: undefined };
  if (!isSeq(node)) return plan;
  const list = node as YAMLSeq.Parsed;
  if (list.flow) plan.cuts.push(...flowCuts(text, list, ours));
  else {
    const starts = dashes(list);
    for (const index of ours) {
      plan.cuts.push(wholeLines(text, starts[index] ?? 0, partEnd(text, list, index)));
    }
  }
  if (ours.length === list.items.length) prune(text, steps, plan);
  return plan;
}

/** Lets go of the keys that hold nothing any more, from the list upwards. */
function prune(text: string, steps: Step[], plan: Removal): void {
  for (let depth = steps.length - 1; depth >= 0; depth--) {
    const step = steps[depth];
    if (step === undefined) return;
    const { map, pair } = step;
    if (hasComment(text, step)) {
      plan.emptied = depth;
      return;
    }
    plan.dropped = depth;
    const index = map.items.indexOf(pair);
    if (map.flow) plan.cuts.push(...flowCuts(text, map, [index]));
    else {
      const inFlow = isCollection(pair.value) && pair.value.flow;
      const end = inFlow ? partEnd(text, map, index) : keyEnd(text, pair);
      plan.cuts.push(wholeLines(text, pair.key.range[0], end));
    }
    if (map.items.length > 1) return;
  }
}

/** Is there more than white space (a comment, an anchor) between a key and its block? */
function hasComment(text: string, { pair }: Step): boolean {
  const { value } = pair;
  if (!isCollection(value) || value.flow) return false;
  return text.slice(keyEnd(text, pair), value.range[0]).trim() !== '';
}

/** The lines of a range, with their line break. */
function wholeLines(text: string, from: number, to: number): [number, number] {
  const end = text.indexOf('\n', lineEnd(text, to));
  return [lineStart(text, from), end < 0 ? text.length : end + 1];
}

/** Parts between brackets, each with one of the commas beside it. */
function flowCuts(
  text: string,
  owner: YAMLMap.Parsed | YAMLSeq.Parsed,
  indexes: readonly number[],
): [number, number][] {
  const start = (at: number) => {
    const part = owner.items[at];
    return (isPair(part) ? part.key.range[0] : part?.range[0]) ?? 0;
  };
  return indexes.map((at) => {
    const keepsOneBefore = Array.from({ length: at }, (_, i) => i).some(
      (i) => !indexes.includes(i),
    );
    if (keepsOneBefore) return [partEnd(text, owner, at - 1), partEnd(text, owner, at)];
    const isLast = at === owner.items.length - 1;
    return [start(at), isLast ? partEnd(text, owner, at) : start(at + 1)];
  });
}

export function textWithout(text: string, { cuts }: Removal): string {
  let kept = '';
  let done = 0;
  for (const [from, to] of cuts.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from > done) kept += text.slice(done, from);
    done = Math.max(done, to);
  }
  // A file without a line break at its end still has none when its last line has gone.
  if (done === text.length && !text.endsWith('\n')) return kept.replace(/\r?\n$/, '');
  return kept + text.slice(done);
}

/** The same done to the tree. */
export function treeWithout(tree: Tree, path: readonly string[], plan: Removal): void {
  for (const index of plan.ours.toReversed()) tree.deleteIn([...path, index]);
  if (plan.dropped !== undefined) tree.deleteIn(path.slice(0, plan.dropped + 1));
  if (plan.emptied !== undefined) tree.setIn(path.slice(0, plan.emptied + 1), null);
}
