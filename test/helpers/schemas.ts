/** The published schemas, and what commands print held against them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { PACKAGE } from './package.ts';

interface Schema {
  $id?: string;
  properties?: Record<string, Schema>;
  [key: string]: unknown;
}

export const OUTPUT: Schema & { definitions: Record<string, Schema> } = JSON.parse(
  readFileSync(join(PACKAGE, 'schemas', 'output.schema.json'), 'utf8'),
);

const ajv = new Ajv({ allErrors: true });
ajv.addSchema(closed(OUTPUT) as Schema);

/** Consumers pass over what they do not know; what we print we do know. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const isObject = 'type' in schema && schema.type === 'object';
  return Object.fromEntries(isObject ? [...entries, ['additionalProperties', false]] : entries);
}

/** What is wrong with an output by its published schema; nothing if it is right. */
export function schemaErrors(definition: string, value: unknown): string[] {
  const validate = ajv.getSchema(`${OUTPUT.$id}#/definitions/${definition}`);
  if (!validate) throw new Error(`there is no schema for ${definition}`);
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** Commands whose refusal is a result of the same shape. */
const TELLING_REFUSALS = new Set(['gate', 'doctor', 'run']);

/**
 * Insists that what a command has printed with `--json` is one value, of the shape of that command.
 * @param status as it ended; null where it was killed, and may have printed nothing
 */
export function insistOnJson(
  args: readonly string[],
  { status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
): void {
  if (status === null || stdout === '') {
    if (status === null || status > 128) return;
    throw new Error(`${args.join(' ')} has printed nothing: ${stderr}`);
  }
  const value: unknown = JSON.parse(stdout);
  const command = args.find((arg) => arg in OUTPUT.definitions) ?? '';
  const isError = typeof value === 'object' && value !== null && 'error' in value;
  const isResult = status === 0 || TELLING_REFUSALS.has(command);
  if (isError ? status === 0 : !isResult) {
    throw new Error(`${args.join(' ')} has ended with ${status}, and printed ${stdout}`);
  }
  const errors = schemaErrors(isError ? 'error' : command, value);
  if (errors.length > 0) throw new Error(`${args.join(' ')}: ${errors.join('; ')}: ${stdout}`);
}
