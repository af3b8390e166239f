/**
 * Whoever clones a repository and commits in it must not run what its author planted where
 * configuration loaders like to look.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { folder } from './folder.ts';

const MARKER = 'it-ran';
const COMMONJS = `require('node:fs').writeFileSync('${MARKER}', ''); module.exports = {};`;
const ES_MODULE = `import { writeFileSync } from 'node:fs'; writeFileSync('${MARKER}', ''); export default {};`;
const PLANTED = {
  '.config.js': COMMONJS,
  '.config/config.js': COMMONJS,
  '.config/config.cjs': COMMONJS,
  '.config/config.mjs': ES_MODULE,
  '.config/lazyspecrc.js': COMMONJS,
  '.lazyspecrc.js': COMMONJS,
  '.lazyspecrc.cjs': COMMONJS,
  '.lazyspecrc.mjs': ES_MODULE,
  'lazyspec.config.js': COMMONJS,
  'lazyspec.config.cjs': COMMONJS,
  'lazyspec.config.mjs': ES_MODULE,
};
const SOURCES: Record<string, string> = {
  'package.json': '{"lazyspec": {}}',
  '.lazyspecrc': '{}',
  '.lazyspecrc.json': '{}',
  '.lazyspec.toml': '',
};

let program: string;

/** As the package is built: cosmiconfig looks into the current folder, so that it needs a process. */
beforeAll(async () => {
  const load = fileURLToPath(new URL('../../../src/config/load.ts', import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      contents: `import { loadConfig } from ${JSON.stringify(load)};
        const { source } = await loadConfig(process.cwd());
        process.stdout.write(String(source));`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire('/');",
    },
  });
  program = outputFiles[0]?.text ?? '';
});

function run(cwd: string, args: string[], input = ''): string {
  return execFileSync(process.execPath, args, { cwd, input, encoding: 'utf8' });
}

describe('finding the configuration', () => {
  it.each([...Object.keys(SOURCES), undefined])('runs nothing when it is %s', (source) => {
    const files = source === undefined ? {} : { [source]: SOURCES[source] ?? '' };
    const root = folder({ ...PLANTED, 'package.json': '{}', ...files });
    expect(run(root, ['--input-type=module', '-'], program)).toBe(String(source));
    expect(existsSync(join(root, MARKER))).toBe(false);
  });

  it.each(Object.keys(PLANTED))('would show if %s had run', (file) => {
    const root = folder(PLANTED);
    run(root, [file]);
    expect(existsSync(join(root, MARKER))).toBe(true);
  });
});
