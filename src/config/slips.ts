import { nearestWord } from '../nearest.ts';
import { DEFAULT_COMFORT, DEFAULT_COORDINATION, DEFAULT_GATE, DEFAULT_TYPE } from './defaults.ts';
import { dottedKey, type Finding, type KeyPath } from './problem.ts';
import { isTable } from './table.ts';

const TABLES = ['types', 'coordination', 'gate', 'comfort'];
const COORDINATION_KEYS = Object.keys(DEFAULT_COORDINATION);
const GATE_KEYS = Object.keys(DEFAULT_GATE);
const COMFORT_KEYS = Object.keys(DEFAULT_COMFORT);
const TYPE_KEYS = ['name', 'plural', 'dir', 'prefix', ...Object.keys(DEFAULT_TYPE)];

/**
 * Unknown keys that look like a typing slip of one of ours. Any other unknown key is somebody
 * else's, such as the lazyspec CLI's; but a `[coordinaton]` let pass would leave the gate open
 * without a word.
 */
export function findSlips(raw: unknown): Finding[] {
  if (!isTable(raw)) return [];
  const types = Array.isArray(raw.types) ? raw.types : [];
  return [
    ...slipsIn(raw, [], TABLES),
    ...slipsIn(raw.coordination, ['coordination'], COORDINATION_KEYS),
    ...slipsIn(raw.gate, ['gate'], GATE_KEYS),
    ...slipsIn(raw.comfort, ['comfort'], COMFORT_KEYS),
    ...types.flatMap((type, index) => slipsIn(type, ['types', index], TYPE_KEYS)),
  ];
}

function slipsIn(table: unknown, at: KeyPath, known: readonly string[]): Finding[] {
  if (!isTable(table)) return [];
  return Object.keys(table)
    .filter((key) => !known.includes(key))
    .flatMap((key) => {
      const meant = nearestWord(key, known);
      if (meant === undefined) return [];
      const message = `is unknown; did you mean ${dottedKey([...at, meant])}?`;
      return [{ path: [...at, key], message }];
    });
}
