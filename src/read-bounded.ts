import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The bytes of a regular file of limited size, or why there are none to be had. A link in a cloned
 * repository may lead to a device or a pipe, which reading would never finish, and a file may claim
 * to be empty and go on for ever, as those in /proc do.
 * @throws the file system's error
 */
export function readBounded(
  path: string,
  most: number,
  { followLink = true } = {},
): Buffer | { problem: string } {
  // Opening a pipe waits for whoever writes into it, unless told not to.
  const noFollow = followLink ? 0 : (constants.O_NOFOLLOW ?? 0);
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noFollow;
  const descriptor = openSync(path, flags);
  try {
    if (!fstatSync(descriptor).isFile()) return { problem: 'it is not a file' };
    return readAtMost(descriptor, most) ?? { problem: `it is larger than ${most / 1024} KiB` };
  } finally {
    closeSync(descriptor);
  }
}

function readAtMost(descriptor: number, most: number): Buffer | undefined {
  const size = Math.min(fstatSync(descriptor).size, most) + 1;
  const chunks: Buffer[] = [];
  for (let left = most + 1; left > 0; ) {
    const chunk = Buffer.alloc(Math.min(Math.max(size, 4096), left));
    const read = readSync(descriptor, chunk);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    left -= read;
  }
  return undefined;
}
