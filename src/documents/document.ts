/** What a document is: of a type, and named by an id. */

/** One `[[types]]` table of the configuration, normalised. */
export interface DocumentType {
  name: string;
  plural: string;
  /** POSIX, relative to the repository root, no leading ./ or trailing slash; '' is the root. */
  dir: string;
  /** Without the trailing dash. */
  prefix: string;
  numbering: 'incremental' | 'sqids' | 'reserved';
  /** Whether a document is a folder. */
  subdirectory: boolean;
  /** Whether there is one document only, whose id is the prefix alone. */
  singleton: boolean;
  /** Patterns of names that carry no prefix. */
  match: string[];
  /** 'filesystem', or where else the documents are kept; others govern no path. */
  store: string;
}

export interface DocumentId {
  /** Such as `RFC-001`; of a singleton the prefix alone. */
  id: string;
  /** Name of the document's type. */
  type: string;
}

/** What tells documents apart, and names them below the lease refs. */
export function documentKey({ type, id }: DocumentId): string {
  return `${type}/${id}`;
}
