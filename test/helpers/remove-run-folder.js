import { rm } from 'node:fs/promises';

export default function removeRunFolder() {
  return rm(process.env.LAZYSPEC_TEST_RUN, { recursive: true, force: true, maxRetries: 5 });
}
