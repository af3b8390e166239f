/**
 * What was there before install changed it, kept in the clone, so that uninstall can put it back to
 * the byte. Written before the first change. A file that was changed since is not put back: our
 * part is taken out of it instead (managers/).
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Step } from './apply.ts';
import type { FileEdit } from './files.ts';

interface KeptFile {
  /** The content in base64; null: there was no file. */
  before: string | null;
  mode: number;
  /** SHA-256 of what install made of it; null: install removed it. */
  after: string | null;
}

interface GeneratedFile {
  /** In base64. */
  content: string;
  mode: number;
}

export interface InstallRecord {
  /** By absolute path: files that others write too. */
  edited: Record<string, KeptFile>;
  /** By absolute path: what was there before a manager wrote for us; null: nothing. */
  generated: Record<string, GeneratedFile | null>;
}

export const RECORD = 'installed.json';

/** Undefined where there is none, or none that can be read: the managers then do without. */
export function readRecord(notes: string): InstallRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(notes, RECORD), 'utf8')) as InstallRecord;
    const isRecord = typeof record?.edited === 'object' && typeof record.generated === 'object';
    return isRecord ? withPaths(record, (path) => resolve(notes, path)) : undefined;
  } catch {
    return undefined;
  }
}

export function recordSteps(notes: string, record: InstallRecord): Step[] {
  const path = join(notes, RECORD);
  // The clone may be moved.
  const written = withPaths(record, (one) => relative(notes, one));
  const content = Buffer.from(`${JSON.stringify(written, null, 1)}\n`);
  const current = existsSync(path) && readFileSync(path).equals(content);
  return current ? [] : [{ do: 'write', path, content, mode: 0o600, own: true }];
}

function withPaths(record: InstallRecord, change: (path: string) => string): InstallRecord {
  const renamed = <T>(files: Record<string, T>) =>
    Object.fromEntries(Object.entries(files).map(([path, file]) => [change(path), file]));
  return { edited: renamed(record.edited), generated: renamed(record.generated) };
}

export function removeRecordSteps(notes: string): Step[] {
  const path = join(notes, RECORD);
  return existsSync(path) ? [{ do: 'remove', path }] : [];
}

/**
 * A record of these changes on top of those that are recorded. What was there before the first
 * install counts, as long as nobody has changed the file since.
 * @param clean what uninstall would make of the files: one that was changed since, or that came
 *   with the clone, has our part in it already
 */
export function extendRecord(
  record: InstallRecord | undefined,
  edits: readonly FileEdit[],
  touches: readonly string[],
  clean: readonly FileEdit[],
): InstallRecord {
  const edited = { ...record?.edited };
  for (const { path, before, after, mode } of edits) {
    const known = edited[path];
    const untouched = known && (isAt(known.after, before) || encode(before) === known.before);
    const without = clean.find((one) => one.path === path);
    edited[path] = untouched
      ? { ...known, after: digest(after) }
      : { before: encode(without ? without.after : before), mode, after: digest(after) };
  }
  const generated = { ...record?.generated };
  for (const path of touches) if (!(path in generated)) generated[path] = generatedFile(path);
  return { edited, generated };
}

/** The files that were not there before install. */
export function createdFiles(record: InstallRecord | undefined): string[] {
  return Object.entries(record?.edited ?? {}).flatMap(([path, { before }]) =>
    before === null ? path : [],
  );
}

/** An edit that takes our part out of a file, made to put back the bytes of before where it can be. */
export function exactEdit(edit: FileEdit, record: InstallRecord | undefined): FileEdit {
  return isUntouched(edit, record)
    ? { ...edit, after: decode(record?.edited[edit.path]?.before ?? null) }
    : edit;
}

/** Whether a file is still as install left it. */
export function isUntouched({ path, before }: FileEdit, record?: InstallRecord): boolean {
  const known = record?.edited[path];
  return known !== undefined && isAt(known.after, before);
}

/**
 * The steps that put back what a manager has written for us: what bears its mark, and with a hook
 * that was there before also the other name under which the manager has kept that.
 * @param all false: only what was not there before; the manager still rules the others
 */
export function restoringSteps(record: InstallRecord, mark: RegExp, all: boolean): Step[] {
  return Object.entries(record.generated).flatMap(([path, before]): Step[] => {
    const now = contentOf(path);
    if (now === undefined || !mark.test(now.toString('utf8'))) return [];
    if (before === null) return [{ do: 'remove', path }];
    const content = Buffer.from(before.content, 'base64');
    if (!all || now.equals(content)) return [];
    const kept = ['.old', '.legacy'].map((ending) => path + ending);
    const aside = kept.find(
      (other) => record.generated[other] === null && contentOf(other)?.equals(content),
    );
    // In one step: killed between two, there would be both, and the manager would stumble over it.
    if (aside !== undefined) return [{ do: 'rename', path: aside, to: path }];
    return [{ do: 'write', path, content, mode: before.mode, before: now }];
  });
}

function generatedFile(path: string): GeneratedFile | null {
  const content = contentOf(path);
  return content ? { content: encode(content) ?? '', mode: statSync(path).mode & 0o7777 } : null;
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // no file, or none that can be told from one that is gone
  }
}

function isAt(after: string | null, content: Buffer | undefined): boolean {
  return digest(content) === after;
}

function digest(content: Buffer | undefined): string | null {
  return content === undefined ? null : createHash('sha256').update(content).digest('hex');
}

function encode(content: Buffer | undefined): string | null {
  return content === undefined ? null : content.toString('base64');
}

function decode(content: string | null): Buffer | undefined {
  return content === null ? undefined : Buffer.from(content, 'base64');
}
