import { patternProblem } from '../documents/match.ts';
import { refComponentProblem } from '../documents/ref-component.ts';
import { normalisePrefix } from './normalise.ts';
import { dottedKey, type Finding } from './problem.ts';
import type { RawConfig, RawDocumentType } from './raw.ts';

/** Two types of one name would share their leases. Refs differ by case only on some systems. */
export function uniqueNames(config: RawConfig): Finding[] {
  return duplicates(config, 'name', (name) => name);
}

/** Two types of one prefix would make an id ambiguous. */
export function uniquePrefixes(config: RawConfig): Finding[] {
  return duplicates(config, 'prefix', normalisePrefix);
}

/** A lease's ref ends in `<name>/<PREFIX>-<key>`. */
export function namesFitRefs(config: RawConfig): Finding[] {
  return unfitForRefs(config, 'name', (name) => name);
}

export function prefixesFitRefs(config: RawConfig): Finding[] {
  return unfitForRefs(config, 'prefix', normalisePrefix);
}

export function dirsStayInside(config: RawConfig): Finding[] {
  return eachText(config, 'dir').flatMap(({ text, path }) => {
    const isOutside = /^\/|^[A-Za-z]:|\\/.test(text) || text.split('/').includes('..');
    const allowed = 'a folder of the repository, relative to its root, with / between its parts';
    return isOutside ? [{ path, message: `is ${JSON.stringify(text)}; allowed: ${allowed}` }] : [];
  });
}

/** A folder with a blank around its name would hold nothing, and protect nothing. */
export function dirsHaveNoBlanks(config: RawConfig): Finding[] {
  return eachText(config, 'dir').flatMap(({ text, path }) => {
    const trimmed = text.trim();
    if (text === trimmed) return [];
    const hint = trimmed === '' ? '' : `; did you mean ${JSON.stringify(trimmed)}?`;
    return [{ path, message: `is ${JSON.stringify(text)}, with a blank around it${hint}` }];
  });
}

export function patternsAreKnown({ types = [] }: RawConfig): Finding[] {
  return types.flatMap((type, index) => {
    const patterns = [type?.match].flat();
    return patterns.flatMap((pattern, position) => {
      const problem = pattern === undefined ? undefined : patternProblem(pattern);
      if (problem === undefined) return [];
      const element = Array.isArray(type?.match) ? [position] : [];
      const path = ['types', index, 'match', ...element];
      return [{ path, message: `is ${JSON.stringify(pattern)}: ${problem}` }];
    });
  });
}

/** Each name is held against every pattern. */
const MOST_PATTERNS = 500;

export function patternsHaveAnEnd({ types = [] }: RawConfig): Finding[] {
  const count = types.reduce((sum, type) => sum + [type?.match ?? []].flat().length, 0);
  if (count <= MOST_PATTERNS) return [];
  return [{ path: ['types'], message: `has ${count} patterns; allowed: ${MOST_PATTERNS} in all` }];
}

type TextKey = 'name' | 'prefix' | 'dir';

function eachText({ types = [] }: RawConfig, key: TextKey) {
  return types.flatMap((type: RawDocumentType | undefined, index) => {
    const text = type?.[key];
    return text === undefined ? [] : [{ text, path: ['types', index, key] }];
  });
}

function duplicates(
  config: RawConfig,
  key: TextKey,
  normalise: (text: string) => string,
): Finding[] {
  const texts = eachText(config, key).map(({ text, path }) => {
    return { text, path, compared: normalise(text).toLowerCase() };
  });
  return texts.flatMap(({ text, path, compared }, index) => {
    const first = texts.findIndex((other) => other.compared === compared);
    const owner = texts[first];
    if (owner === undefined || first === index) return [];
    const message = `is ${JSON.stringify(text)}, as ${dottedKey(owner.path)} is already`;
    return [{ path, message }];
  });
}

function unfitForRefs(
  config: RawConfig,
  key: TextKey,
  normalise: (text: string) => string,
): Finding[] {
  return eachText(config, key).flatMap(({ text, path }) => {
    const problem = refComponentProblem(normalise(text));
    if (problem === undefined) return [];
    const message = `is ${JSON.stringify(text)}, which git does not take as part of a ref: it ${problem}`;
    return [{ path, message }];
  });
}
