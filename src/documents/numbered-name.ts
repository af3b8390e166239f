/** What the name of a file or a folder tells of a numbered document. */

export interface NumberedName {
  /** What stands before the number, as written; '' where nothing does. */
  word: string;
  /** The number, as written. */
  key: string;
  /**
   * The pattern that the name fits, with `{n}` for the number; undefined where the name starts with
   * a prefix and a dash, which needs none.
   */
  pattern: string | undefined;
}

/** Of the formats that people write documents in; in letters of either case. */
export const DOCUMENT_EXTENSIONS = [
  ...['.md', '.mdx', '.markdown', '.rst', '.adoc', '.asciidoc'],
  ...['.org', '.txt', '.typ', '.mediawiki'],
] as const;

const EXTENSION = /\.[A-Za-z]+$/;
const EXTENSIONS: ReadonlySet<string> = new Set(DOCUMENT_EXTENSIONS);

const NAME =
  /^(?:([A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){0,2})([-_ ]?))?([0-9]{1,5})(?:(-| - |[_. ])(.+))?$/s;

/** The extension of a document, such as `.md`; undefined for other files. */
export function documentExtension(name: string): string | undefined {
  const [extension] = EXTENSION.exec(name) ?? [];
  return extension && EXTENSIONS.has(extension.toLowerCase()) ? extension : undefined;
}

/**
 * @param stem a name without its extension
 * @param extension of the document, for the pattern
 */
export function numberedName(stem: string, extension: string): NumberedName | undefined {
  if (stem.length > 200 || !/[0-9]/.test(stem)) return undefined;
  const [, word = '', dash = '', key, end = '', title = ''] = NAME.exec(stem) ?? [];
  if (key === undefined || isDateOrVersion(key, end, title) || isTemplate(key, title)) {
    return undefined;
  }
  if (word !== '' && dash === '-' && /^[-_.]?$/.test(end)) return { word, key, pattern: undefined };
  const pattern = `${word}${dash}{n}${end === '' ? '' : `${end}{title}`}${extension}`;
  return { word, key, pattern };
}

/** 2024-01-15-title, 2024, CVE-2024-1234, 1.2: counted by others than the author. */
function isDateOrVersion(key: string, end: string, title: string): boolean {
  const isYear = /^(?:19|20)[0-9]{2}$/.test(key);
  const goesOn = /^[0-9]+(?:[-_. ]|$)/.test(title);
  return (isYear && (end === '' || goesOn)) || (end === '.' && goesOn);
}

function isTemplate(key: string, title: string): boolean {
  return /^0+$|^[xX]+$/.test(key) && /template/i.test(title);
}
