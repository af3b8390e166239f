/** Writes docs/errors.md anew: `npm run errors`. */
import { writeFileSync } from 'node:fs';
import { ERROR_CODES, explainCode } from '../../src/commands/explain-code.ts';
import { DOCUMENT, errorsDocument } from './document.ts';

writeFileSync(DOCUMENT, errorsDocument(ERROR_CODES.map(explainCode)));
process.stdout.write(`${DOCUMENT} is written\n`);
