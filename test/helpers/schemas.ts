import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { PACKAGE } from './sandbox.ts';

const ajv = new Ajv({ allErrors: true });
ajv.addSchema(JSON.parse(readFileSync(join(PACKAGE, 'schemas', 'output.schema.json'), 'utf8')));

/** What is wrong with an output by its published schema; nothing if it is right. */
export function schemaErrors(definition: string, value: unknown): string[] {
  const validate = ajv.getSchema(`lazyspec-hooks/output.schema.json#/definitions/${definition}`);
  if (!validate) throw new Error(`there is no schema for ${definition}`);
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
