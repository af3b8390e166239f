/**
 * Builds the program: one bundle per entry with shared chunks, so that a hook on the commit path
 * loads only what it runs, and everything rarely needed (commander, cosmiconfig, chalk) stays in
 * chunks of its own. Third-party code is bundled: installing the package installs nothing else. Its
 * licences are collected in dist/THIRD_PARTY_LICENSES.
 *
 * What is bundled are ES modules, which can be split; what is shipped is CommonJS, because starting
 * Node's loader of ES modules takes a fifth as long as starting Node.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build, transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const { bin: programs, engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const OLDEST_NODE = `node${engines.node.replace('>=', '')}`;
/** Entries parse on it, so that an old Node is refused in words (src/cli/require-node.ts). */
const REFUSED_NODE = 'node12';

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

const OPTIONS = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: OLDEST_NODE,
  outdir: at('dist'),
  metafile: true,
  // Its main file is UMD, whose require() of its own parts no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  legalComments: 'none', // they are in THIRD_PARTY_LICENSES, whole
  logLevel: 'warning',
};

async function bundle() {
  rmSync(at('dist'), { recursive: true, force: true });
  // What a commit waits for is one file: finding and reading each takes its time.
  const apart = new Map();
  const hook = await build({
    ...OPTIONS,
    entryPoints: { hooks: at('src/cli/hooks.ts') },
    plugins: [dynamicImportsApart(apart), othersMinified],
  });
  const others = await build({
    ...OPTIONS,
    splitting: true,
    inject: [at('src/cli/everywhere.ts')],
    entryPoints: {
      lease: at('src/cli/lease.ts'),
      index: at('src/index.ts'),
      install: at('install.ts'),
      ...Object.fromEntries([...apart].map(([path, name]) => [`chunks/${name}`, path])),
    },
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [withoutSubprocesses, othersMinified],
  });
  return {
    inputs: { ...hook.metafile.inputs, ...others.metafile.inputs },
    outputs: { ...hook.metafile.outputs, ...others.metafile.outputs },
  };
}

/** What is imported only where it is needed becomes an entry of the other bundle. */
function dynamicImportsApart(found) {
  return {
    name: 'dynamic imports apart',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^:]*$/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === found) return undefined;
        const resolved = await resolve(path, { kind, importer, resolveDir, pluginData: found });
        const name = basename(path, '.ts');
        found.set(resolved.path, name);
        return { path: `./chunks/${name}.js`, external: true };
      });
    },
  };
}

/** What is not ours to debug, and what ajv has written, is made as short as can be. */
const othersMinified = {
  name: 'code of others minified',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$|\.generated\.js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), {
        platform: 'node',
        target: OPTIONS.target,
        minify: true,
        legalComments: 'none',
      });
      return { contents: code };
    });
  },
};

/** commander can start programs, which we never ask of it; to be able to takes Node 5 ms. */
const withoutSubprocesses = {
  name: 'commander without subprocesses',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: '' }));
  },
};

/** The same files as CommonJS, with the library as an ES module beside it. */
async function toCommonJs({ outputs }) {
  const requireNode = await checkOfNode('requireNode', 'reportDamage');
  const inLibrary = await checkOfNode('requireNodeInLibrary');
  for (const path of Object.keys(outputs)) {
    const isEntry = dirname(path) === 'dist';
    const check = path === 'dist/index.js' ? inLibrary : isEntry ? requireNode : '';
    const code = readFileSync(at(path), 'utf8');
    const url = code.includes('import.meta.url');
    const { code: converted } = await transform(code, {
      format: 'cjs',
      platform: 'node',
      target: isEntry ? REFUSED_NODE : OLDEST_NODE,
      // import() would start the loader after all.
      supported: { 'dynamic-import': false },
      // Our names stay, and lines: a trace of the stack is to tell something.
      minifyWhitespace: true,
      minifySyntax: true, // compiles in three quarters of the time
      lineLimit: 120,
      banner:
        check + (url ? "const __url = require('node:url').pathToFileURL(__filename).href;" : ''),
      ...(url && { define: { 'import.meta.url': '__url' } }),
    });
    writeFileSync(at(path), converted);
  }
  writeFileSync(at('dist', 'package.json'), '{ "type": "commonjs" }\n');
  const [library] = Object.entries(outputs).filter(([path]) => path === 'dist/index.js');
  const names = library[1].exports.join(', ');
  writeFileSync(
    at('dist', 'index.mjs'),
    `import library from './index.js';\n\nexport const { ${names} } = library;\n`,
  );
}

/** Functions of src/cli/require-node.ts and their calls, as the first lines of an entry. */
async function checkOfNode(...names) {
  const calls = names.map((name) => `${name}();`).join('\n');
  const contents = `import { ${names.join(', ')} } from './src/cli/require-node.ts';\n${calls}`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'iife',
    target: REFUSED_NODE,
    minify: true,
    logLevel: 'warning',
  });
  return outputFiles[0].text;
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

/** Each program tells what its `--help` tells, as a page of man(1). */
function writeManPages() {
  mkdirSync(at('dist', 'man'));
  for (const [name, file] of Object.entries(programs)) {
    const page = execFileSync(process.execPath, [at(file), 'man-page']);
    writeFileSync(at('dist', 'man', `${name}.1`), page);
  }
}

/** The declarations of the library: those that its entry leads to, as compilers of any age read them. */
function writeTypes() {
  const all = at('dist', 'all-types');
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', at('tsconfig.build.json'), '--outDir', all], {
    stdio: 'inherit',
  });
  const wanted = ['src/index.d.ts'];
  for (const path of wanted) {
    const text = readFileSync(join(all, path), 'utf8');
    const target = at('dist', 'types', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.replace(/( from '\.[^']*)\.ts'/g, "$1.js'"));
    for (const [, other] of text.matchAll(/ from '(\.[^']*)\.ts'/g)) {
      const next = posix.join(posix.dirname(path), `${other}.d.ts`);
      if (!wanted.includes(next)) wanted.push(next);
    }
  }
  rmSync(all, { recursive: true });
  // They are those of the CommonJS, as everything in dist is; a module has the same.
  writeFileSync(at('dist', 'types', 'index.d.mts'), "export * from './src/index.js';\n");
}

/** What src/package-files.ts finds damage by: all that is run, and what install copies. */
function writeFileList() {
  const files = ['dist', 'hooks', 'templates'].flatMap((folder) =>
    readdirSync(at(folder), { recursive: true })
      .map((name) => posix.join(folder, name))
      .filter((path) => !/\.d\.m?ts$/.test(path) && statSync(at(path)).isFile()),
  );
  const sums = files.map((path) => [
    path,
    createHash('sha256')
      .update(readFileSync(at(path)))
      .digest('hex'),
  ]);
  writeFileSync(at('dist', 'files.json'), JSON.stringify(Object.fromEntries(sums)));
}

await compileConfigValidator();
const metafile = await bundle();
await toCommonJs(metafile);
writeLicences(metafile);
writeManPages();
writeFileList();
if (process.argv.includes('--types')) writeTypes();
