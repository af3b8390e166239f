import { rmSync } from 'node:fs';

export default function removeRunFolder() {
  rmSync(process.env.LAZYSPEC_TEST_RUN, { recursive: true, force: true, maxRetries: 5 });
}
