/** The kinds of documents that people number, and how their folders are called. */

export interface Kind {
  /** As a type's name: `rfc`. */
  name: string;
  plural: string;
  /** What a name in a folder of this kind is numbered for: `RFC`. */
  prefix: string;
  /** Whether others number their files under such names as well: chapters, drawings, pages. */
  isCommonWord: boolean;
}

const DECISIONS =
  'adr adrs adl decision decisions decision-record decision-records decision-log architecture-decisions architectural-decisions architecture-decision-records';
/** Each project has its own "improvement proposals"; the folder is the name in the plural. */
const PROPOSALS =
  'rfd pep kep eip erc bip jep hip sip aip lip cip cep dep slep nep zip fip mip gip oip acp simd swip sep cap arc tep gep prd tdr';

const kinds = new Map<string, Kind>();
add('adr', 'adrs', false, DECISIONS);
add('rfc', 'rfcs', false, 'rfc rfcs');
for (const name of PROPOSALS.split(' ')) add(name, `${name}s`, false, `${name} ${name}s`);
add('spec', 'specs', true, 'spec specs specifications');
add('story', 'stories', true, 'story stories user-stories');
add('iteration', 'iterations', true, 'iteration iterations');
add('dictum', 'dicta', true, 'dictum dicta');
add('design', 'designs', true, 'design designs design-docs');
add('proposal', 'proposals', true, 'proposal proposals');
add('enhancement', 'enhancements', true, 'enhancement enhancements');
add('requirement', 'requirements', true, 'requirement requirements');
add('task', 'tasks', true, 'task tasks');
add('epic', 'epics', true, 'epic epics');
add('audit', 'audits', true, 'audit audits');

function add(name: string, plural: string, isCommonWord: boolean, words: string): void {
  const kind = { name, plural, prefix: name.toUpperCase(), isCommonWord };
  for (const word of words.split(' ')) kinds.set(word, kind);
}

/** The kind that a folder's name tells: `rfcs`, `decision-records`, `active-rfcs`, `EIPS`. */
export function kindOfFolder(name: string): Kind | undefined {
  if (name.length > 60) return undefined;
  const word = name.toLowerCase().replace(/[_ ]/g, '-');
  return kinds.get(word) ?? kinds.get(word.slice(word.lastIndexOf('-') + 1));
}

/** The kind whose documents start with this: `RFC`, `pep`. */
export function kindOfPrefix(prefix: string): Kind | undefined {
  const kind = kinds.get(prefix.toLowerCase());
  return kind?.prefix === prefix.toUpperCase() ? kind : undefined;
}
