import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for a whole run of jest, in all of its workers: what is made once is kept there. */
export default function makeRunFolder() {
  process.env.LAZYSPEC_TEST_RUN = realpathSync(mkdtempSync(join(tmpdir(), 'lazyspec-run-')));
}
