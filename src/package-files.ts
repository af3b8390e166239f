/**
 * Which files of an installed package are not as they were published: an install or a disk that failed
 * half-way, or one that is at work. Imports nothing: it is called where files are missing.
 */
import type { ErrorCode } from './errors.ts';

/** Written by scripts/build.js: the SHA-256 of each file that is run, or copied by `install`. */
export const FILE_LIST = 'dist/files.json';

export const DAMAGED: ErrorCode = 'PROGRAM_DAMAGED';
export const REINSTALL = 'Install lazyspec-hooks again, such as with: npm ci';

/** @param root of the package @returns what is wrong with each */
export function damagedFiles(root: string): string[] {
  const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
  const { createHash } = process.getBuiltinModule('node:crypto');
  const listed: Record<string, string> = {};
  // Package managers may change package.json, so that it has no sum.
  for (const path of [FILE_LIST, 'package.json']) {
    try {
      const value = JSON.parse(readFileSync(`${root}/${path}`, 'utf8'));
      if (path === FILE_LIST) Object.assign(listed, value);
    } catch {
      return [`${path} is ${existsSync(`${root}/${path}`) ? 'damaged' : 'missing'}`];
    }
  }
  return Object.entries(listed).flatMap(([path, sum]) => {
    if (!existsSync(`${root}/${path}`)) return [`${path} is missing`];
    const content = readFileSync(`${root}/${path}`);
    if (content.length === 0) return [`${path} is empty`];
    const same = createHash('sha256').update(content).digest('hex') === sum;
    return same ? [] : [`${path} is not as it was published`];
  });
}

/** The same, of an error that may come of it: by now all files may be whole again. */
export function damageOf(error: unknown, root: string): string[] {
  const files = damagedFiles(root);
  if (files.length > 0 || error === undefined) return files;
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
    return [String(message).split('\n')[0] ?? ''];
  }
  // Clocks of file systems tick every 4 to 10 ms.
  const { ctimeMs } = process.getBuiltinModule('node:fs').statSync(`${root}/${FILE_LIST}`);
  return ctimeMs > performance.timeOrigin - 10 ? ['its files were replaced meanwhile'] : [];
}

/** One line that says so, and more where there are more. */
export function damageReport(files: readonly string[], root: string) {
  const [first = '', ...others] = files;
  const more = others.length > 0 ? [`and ${others.length} more of its files`] : [];
  return {
    message: `the program is damaged: ${first}`,
    details: [...more, `installed in ${root}`],
  };
}
