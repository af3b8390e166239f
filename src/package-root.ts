import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LazyspecError } from './errors.ts';
import { DAMAGED, damageOf, damageReport, REINSTALL } from './package-files.ts';

/** The folder of this package, from its sources as well as from any chunk of the bundle. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  // By no file: of a package that is being replaced any may be missing.
  while (!/^(?:dist|src|\.programs|)$/.test(basename(folder))) folder = dirname(folder);
  return dirname(folder);
}

/** What is wrong with the files of this package, if anything is. @param error that may come of it */
export function damage(error?: unknown): LazyspecError | undefined {
  const files = damageOf(error, packageRoot());
  if (files.length === 0) return undefined;
  const { message, details } = damageReport(files, packageRoot());
  return new LazyspecError(DAMAGED, message, { details, remedy: REINSTALL });
}

/** @throws {LazyspecError} PROGRAM_DAMAGED, before files of ours are copied or compared */
export function assertWhole(): void {
  const damaged = damage();
  if (damaged) throw damaged;
}

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
