/** Ids of objects, as git makes them of their content (git-hash-object(1)). */
import { createHash } from 'node:crypto';

export interface CommitContent {
  /** The line of author and of committer. */
  who: string;
  message: string;
  /** The one file in its tree. */
  file: { name: string; content: string };
}

/**
 * The id of a commit without parents.
 * @param like any id of the repository: it tells which hash it uses
 */
export function commitId({ who, message, file }: CommitContent, like: string): string {
  const blob = objectId('blob', Buffer.from(file.content), like);
  const entry = [Buffer.from(`100644 ${file.name}\0`), Buffer.from(blob, 'hex')];
  const tree = objectId('tree', Buffer.concat(entry), like);
  const text = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${message}`;
  return objectId('commit', Buffer.from(text), like);
}

/** @param like any id of the repository: it tells which hash it uses */
export function objectId(type: string, content: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`${type} ${content.length}\0`).update(content).digest('hex');
}
