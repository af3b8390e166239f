import { dottedKey, type Finding, invalidConfig, type KeyPath, type Problem } from './problem.ts';
import type { RawConfig } from './raw.ts';
import { checkRules } from './rules.ts';
import { checkSchema } from './schema-findings.ts';
import { findSlips } from './slips.ts';
import { isTable } from './table.ts';
import { lineOf, tomlLines } from './toml-lines.ts';

/**
 * A parsed file as a raw configuration in which nothing is wrong.
 *
 * @param file Relative to the root; for the error.
 * @param toml The text of the file, where it is TOML.
 * @throws LazyspecError CONFIG_INVALID with all that is wrong
 */
export function validateConfig(file: string, parsed: unknown, toml?: string): RawConfig {
  const misfits = checkSchema(parsed);
  const config = without(parsed, misfits);
  const findings = [...findSlips(parsed), ...misfits, ...checkRules(config)];
  if (findings.length === 0) return config;

  const lines = toml === undefined ? new Map<string, number>() : tomlLines(toml);
  const problems = findings.map((finding) => toProblem(finding, lines));
  const inOrder = problems.sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0);
  throw invalidConfig(file, inOrder);
}

/** The rest of a configuration whose refused values are undefined, so that rules can go on. */
function without(parsed: unknown, misfits: readonly Finding[]): RawConfig {
  if (misfits.some(({ path }) => path.length === 0)) return {};
  const config = copyOf(parsed, DEEPEST) as RawConfig;
  for (const { path } of misfits) clear(config, path);
  return config;
}

/** Deeper than what we read; what is below belongs to others, and may go on without an end. */
const DEEPEST = 5;

function copyOf(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return depth === 0 ? [] : value.map((one) => copyOf(one, depth - 1));
  if (!isTable(value)) return value;
  const entries = depth === 0 ? [] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [key, copyOf(one, depth - 1)]));
}

function clear(config: RawConfig, path: KeyPath): void {
  const [last, ...parents] = [...path].reverse();
  let target: unknown = config;
  for (const step of parents.reverse()) {
    target = (target as Record<string | number, unknown> | undefined)?.[step];
  }
  if (last !== undefined && target !== undefined) {
    (target as Record<string | number, unknown>)[last] = undefined;
  }
}

function toProblem(
  { path, nearby, message }: Finding,
  lines: ReadonlyMap<string, number>,
): Problem {
  const key = dottedKey(path);
  const line = lineOf(lines, nearby ?? path);
  return line === undefined ? { key, message } : { key, message, line };
}
