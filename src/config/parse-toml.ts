import { parse, TomlError } from 'smol-toml';
import { invalidConfig } from './problem.ts';

/**
 * The value of a TOML text.
 * @throws LazyspecError CONFIG_INVALID with line and column
 */
export function parseToml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Below its first line the message draws the place in the text, which `line` tells as well.
    const reason = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0];
    const message = `is not valid TOML: ${reason} (column ${error.column})`;
    throw invalidConfig(file, [{ key: '', message, line: error.line }], error);
  }
}
