/**
 * What is used of nodegit 0.27.0, which ships no types. Its network side, its commits and its way to
 * create and delete refs are not used, for the reasons in docs/backends.md.
 */

export interface Oid {
  tostrS(): string;
}

export interface Commit {
  /** The lines above the message. */
  rawHeader(): string;
  treeId(): Oid;
}

export interface Tree {
  entryCount(): number;
  /** @throws where there is no such entry */
  entryByName(name: string): { filemode(): number; sha(): string };
}

export interface Blob {
  rawsize(): number;
  content(): Buffer;
}

export interface Treebuilder {
  insert(name: string, id: Oid, filemode: number): Promise<unknown>;
  write(): Promise<Oid>;
}

/** A repository as nodegit has opened it. */
export interface NativeRepository {
  odb(): Promise<{ write(data: string, bytes: number, type: number): Promise<Oid> }>;
}

type Lookup<T> = (repository: NativeRepository, id: string) => Promise<T>;

export interface Nodegit {
  Repository: { open(path: string): Promise<NativeRepository> };
  Reference: {
    list(repository: NativeRepository): Promise<string[]>;
    nameToId(repository: NativeRepository, name: string): Promise<Oid>;
    createMatching(
      repository: NativeRepository,
      name: string,
      id: string,
      force: 0 | 1,
      currentId: string,
      logMessage: string,
    ): Promise<unknown>;
  };
  Commit: { lookup: Lookup<Commit> };
  Tree: { lookup: Lookup<Tree> };
  Blob: {
    lookup: Lookup<Blob>;
    createFromBuffer(repository: NativeRepository, data: Buffer, bytes: number): Promise<Oid>;
  };
  Treebuilder: { create(repository: NativeRepository, source: null): Promise<Treebuilder> };
}

/** libgit2's codes, those that are told apart (include/git2/errors.h). */
export const NATIVE = { absent: -3, locked: -14, modified: -15 } as const;

/** The code of a failure of libgit2; undefined for any other. */
export function nativeCode(error: unknown): number | undefined {
  const { errno } = Object(error) as { errno?: unknown };
  return typeof errno === 'number' ? errno : undefined;
}
