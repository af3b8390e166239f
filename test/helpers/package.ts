import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of this project. */
export const PACKAGE = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
