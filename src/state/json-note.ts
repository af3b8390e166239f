/** Notes in JSON that are kept between runs. One that is damaged is dropped: they can be made again. */
import { rmSync } from 'node:fs';
import { readBounded } from '../read-bounded.ts';

/**
 * @param most bytes
 * @param onDamage called once it is dropped; where it is left out, it stays
 * @returns undefined where there is none, or none that can be read
 */
export function readJsonNote<T>(
  path: string,
  most: number,
  isNote: (value: unknown) => value is T,
  onDamage?: (message: string) => void,
): T | undefined {
  let content: Buffer | { problem: string };
  try {
    content = readBounded(path, most, { followLink: false });
  } catch {
    return undefined; // none yet
  }
  if ('problem' in content) return undefined; // no file of ours
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    if (isNote(value)) return value;
  } catch {
    // no JSON
  }
  if (onDamage) {
    rmSync(path, { force: true });
    onDamage(`${path} was damaged, and was dropped`);
  }
  return undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
