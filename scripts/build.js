/**
 * Builds the program: one ES module bundle per entry with shared chunks, so that a hook on the
 * commit path loads only what it runs, and everything rarely needed (commander, cosmiconfig,
 * chalk) stays in chunks of its own. Third-party code is bundled: installing the package installs
 * nothing else. Its licences are collected in dist/THIRD_PARTY_LICENSES.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

/** Compiling a schema costs ajv 20 ms and its own 120 kB on every commit; a compiled one costs 1. */
async function compileConfigValidator() {
  const ajv = new Ajv.default({ allErrors: true, verbose: true, code: { source: true } });
  const schema = JSON.parse(readFileSync(at('schemas', 'config.schema.json'), 'utf8'));
  const code = standaloneCode.default(ajv, ajv.compile(schema));
  // Bundled, because ajv's own ES module output still calls require() for its helpers.
  await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: at('src', 'config', 'validator.generated.js'),
    logLevel: 'warning',
  });
}

async function bundle() {
  rmSync(at('dist'), { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: {
      hooks: at('src/cli/hooks.ts'),
      lease: at('src/cli/lease.ts'),
      index: at('src/index.ts'),
      install: at('install.ts'),
    },
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.17',
    outdir: at('dist'),
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    // Its main file is UMD, whose require() of its own parts no bundler can follow.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    logLevel: 'warning',
    // CommonJS dependencies (commander, cosmiconfig) call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  return metafile;
}

/** Every package whose code is in the bundle, with its licence as it ships. */
function writeLicences(metafile) {
  const packages = new Set(
    Object.keys(metafile.inputs)
      .map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
      .filter(Boolean),
  );
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(at(path, 'package.json'), 'utf8'));
    const file = readdirSync(at(path)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file ? readFileSync(at(path, file), 'utf8').trim() : `License: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  writeFileSync(at('dist', 'THIRD_PARTY_LICENSES'), texts.join(`\n${'-'.repeat(78)}\n\n`));
}

await compileConfigValidator();
writeLicences(await bundle());
if (process.argv.includes('--types')) {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', at('tsconfig.build.json')], { stdio: 'inherit' });
}
