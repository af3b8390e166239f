import type { ErrorObject } from 'ajv';
import { nearestWord } from '../nearest.ts';
import { suggestDuration } from './duration.ts';
import { dottedKey, type Finding, type KeyPath } from './problem.ts';
import { isTable } from './table.ts';
import validate from './validator.generated.js';

/** Where a raw configuration departs from the published schema. */
export function checkSchema(raw: unknown): Finding[] {
  validate(raw);
  // 'if' only repeats what the branch that it led to has told.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  const dates = findDates(raw);
  const dateKeys = new Set(dates.map(({ path }) => dottedKey(path)));
  const others = errors
    .map(describe)
    .filter(({ nearby }) => nearby === undefined || !dateKeys.has(dottedKey(nearby)));
  const findings = [...dates, ...others];
  // A value of the wrong type breaks several keywords at once, each with the same to say.
  return [...new Map(findings.map((finding) => [dottedKey(finding.path), finding])).values()];
}

function describe(error: ErrorObject): Finding {
  const path = keyPath(error.instancePath);
  if (error.keyword === 'required') {
    const missing = String(error.params.missingProperty);
    return { path: [...path, missing], nearby: path, message: 'is missing' };
  }
  if (error.keyword === 'maxItems') {
    const { limit } = error.params;
    return { path, message: `has ${(error.data as unknown[]).length} entries; allowed: ${limit}` };
  }
  const meant = suggest(error);
  const hint = meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
  return { path, message: `is ${describeValue(error.data)}; allowed: ${allowed(error)}${hint}` };
}

/** ajv's JSON pointer; no key in the schema holds a character that pointers escape. */
function keyPath(pointer: string): KeyPath {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step));
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return isTable(value) ? 'a table' : String(value);
}

function allowed({ parentSchema }: ErrorObject): string {
  const { type, title, enum: values, minimum, maximum } = parentSchema ?? {};
  if (type === 'object') return 'a table';
  if (type === 'array') return 'a list';
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(', ');
  return title ?? 'a text that is not empty';
}

function suggest({ data, parentSchema, schemaPath }: ErrorObject): string | undefined {
  if (typeof data !== 'string') return undefined;
  if (Array.isArray(parentSchema?.enum)) return nearestWord(data, parentSchema.enum);
  return /uration\/pattern$/.test(schemaPath) ? suggestDuration(data) : undefined;
}

/** A date is an object to JSON schema, so that `coordination = 2026-01-01` would pass as a table. */
function findDates(raw: unknown): Finding[] {
  const finding = (path: KeyPath) => ({ path, message: 'is a date; allowed: a table' });
  if (raw instanceof Date) return [finding([])];
  if (!isTable(raw)) return [];
  const types = Array.isArray(raw.types) ? [...raw.types.entries()] : [];
  return [
    ...['coordination', 'gate'].filter((key) => raw[key] instanceof Date).map((key) => [key]),
    ...types.filter(([, type]) => type instanceof Date).map(([index]) => ['types', index]),
  ].map(finding);
}
