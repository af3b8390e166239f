/** A string, or what gives JSON its structure. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Whether a JSON object has one key twice at its top. JSON.parse takes the last one, others the
 * first, and the Rust `lazyspec` refuses it.
 *
 * @param text JSON that has been parsed without an error
 */
export function hasRepeatedKey(text: string): boolean {
  const keys = new Set<string>();
  let depth = 0;
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === ':' && depth === 1) {
      const key = JSON.parse(last) as string;
      if (keys.has(key)) return true;
      keys.add(key);
    }
    last = token;
  }
  return false;
}
