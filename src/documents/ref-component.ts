import { isVisible } from '../visible-text.ts';

const LONGEST = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\/]/;

/**
 * Why a text cannot be one component of a ref name, or undefined where it can: the rules of
 * git-check-ref-format(1), and no leading dash, which a command would take for an option.
 */
export function refComponentProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (FORBIDDEN.test(text)) {
    return 'holds a space, a control character or one of ~ ^ : ? * [ \\ /';
  }
  if (!isVisible(text)) return 'holds a character that does not show';
  if (text.startsWith('-') || text.startsWith('.')) return `starts with "${text[0]}"`;
  if (text.endsWith('.') || text.toLowerCase().endsWith('.lock')) return 'ends with "." or ".lock"';
  if (text.includes('..') || text.includes('@{')) return 'holds ".." or "@{"';
  return undefined;
}
