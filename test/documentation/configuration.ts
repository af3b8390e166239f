/** Parts of docs/configuration.md, out of the schema that validates the configuration. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from '../helpers/sandbox.ts';
import { code, table, words } from './markdown.ts';

interface Schema {
  description?: string;
  title?: string;
  type?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  $ref?: string;
  allOf?: Schema[];
  if?: Schema;
  else?: Schema;
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
}

const schema: Schema & { definitions: Record<string, Schema> } = JSON.parse(
  readFileSync(join(PACKAGE, 'schemas', 'config.schema.json'), 'utf8'),
);

/** Every table of the file, such as `gate`, with its keys. */
export const TABLES = Object.entries(schema.properties ?? {});

export function keyTable(one: Schema): string {
  const { properties = {}, required = [] } = resolved(one.items ?? one);
  const rows = Object.entries(properties).map(([key, value]) => [
    code(key),
    allowed(value),
    required.includes(key) ? 'required' : standard(value),
    words(value.description ?? ''),
  ]);
  return [words(one.description ?? ''), table(['key', 'allowed', 'default', 'meaning'], rows)].join(
    '\n\n',
  );
}

function resolved(one: Schema): Schema {
  const name = one.$ref?.replace('#/definitions/', '');
  const found = name === undefined ? one : schema.definitions[name];
  if (!found) throw new Error(`the schema has no definition ${name}`);
  return found;
}

function standard(value: Schema): string {
  if (value.default === undefined) return '–';
  return Array.isArray(value.default) && value.default.length === 0
    ? 'none'
    : code(JSON.stringify(value.default));
}

/** What a value may be, in words. */
function allowed(value: Schema): string {
  if (value.enum) return value.enum.map((one) => code(JSON.stringify(one))).join(', ');
  const [part] = value.allOf ?? [];
  if (part) return allowed(part);
  if (value.if && value.else) return `${allowed(value.else)}; or a list of these`;
  if (value.$ref === '#/definitions/duration') return 'a duration';
  if (value.$ref === '#/definitions/positiveDuration') return 'a duration above zero';
  if (value.$ref) return words(resolved(value).title ?? allowed(resolved(value)));
  if (value.type === 'boolean') return '`true`, `false`';
  if (value.type === 'integer') return `${value.minimum ?? '…'} to ${value.maximum ?? '…'}`;
  if (value.type === 'array' && value.items) return `a list: ${allowed(value.items)}`;
  return value.type === 'string' ? 'text' : (value.type ?? 'anything');
}
