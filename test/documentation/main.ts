/** Writes anew what of the documentation is made out of the source: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { GENERATED_FILES, generated } from './generated.ts';

for (const path of GENERATED_FILES) {
  const text = generated(path);
  const isCurrent = readFileSync(path, 'utf8') === text;
  if (!isCurrent) writeFileSync(path, text);
  process.stdout.write(`${path} is ${isCurrent ? 'up to date' : 'written'}\n`);
}
