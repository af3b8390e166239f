import type { ErrorObject } from 'ajv';

/**
 * Whether a value fits schemas/config.schema.json; `errors` then tells what the last call found.
 * Compiled from the schema by scripts/build.js.
 */
declare const validate: {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
};
export default validate;
