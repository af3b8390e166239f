/** Ids of objects, as git makes them of their content (git-hash-object(1)). */
import { hash } from 'node:crypto';

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
  const tree = treeId(file.name, objectId('blob', Buffer.from(file.content), like));
  const text = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${message}`;
  return objectId('commit', Buffer.from(text), like);
}

/** The id of a tree with one regular file. */
export function treeId(name: string, blob: string): string {
  const entry = [Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')];
  return objectId('tree', Buffer.concat(entry), blob);
}

/** @param like any id of the repository: it tells which hash it uses */
export function objectId(type: string, content: Buffer, like: string): string {
  const algorithm = like.length === 64 ? 'sha256' : 'sha1';
  return hash(algorithm, Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]));
}
