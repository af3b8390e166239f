/** Writes anew what of the documentation is made out of the source: `npm run docs`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hasTerminals } from '../helpers/at-terminal.ts';
import { GENERATED_FILES, generated } from './generated.ts';
import { isSameSession, PICTURE, recordSession } from './session.ts';

for (const path of GENERATED_FILES) write(path, generated(path), (one, other) => one === other);
if (hasTerminals()) write(PICTURE, await recordSession(), isSameSession);
else process.stdout.write(`${PICTURE} is left as it is: there is no 'script' of util-linux\n`);

function write(path: string, text: string, isSame: (one: string, other: string) => boolean): void {
  const isCurrent = existsSync(path) && isSame(readFileSync(path, 'utf8'), text);
  if (!isCurrent) writeFileSync(path, text);
  process.stdout.write(`${path} is ${isCurrent ? 'up to date' : 'written'}\n`);
}
