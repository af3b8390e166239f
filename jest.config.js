// What needs nodegit to be built is run by `npm run test:nodegit`.
const withNodegit = process.env.LAZYSPEC_TEST_BACKEND === 'nodegit';

// Tests are TypeScript ES modules, compiled by swc one file at a time; types are checked by tsc.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts', ...(withNodegit ? [] : ['!**/*.nodegit.test.ts'])],
  extensionsToTreatAsEsm: ['.ts'],
  // Other packages and built programs, with names of their own.
  modulePathIgnorePatterns: ['<rootDir>/.nodegit/', '<rootDir>/.programs/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } },
    ],
  },
  // Nothing is measured here: a machine that is at work on something else may take its time.
  testTimeout: 180_000,
  // What the tests wait for are other processes.
  maxWorkers: '100%',
  globalSetup: '<rootDir>/test/helpers/run-folder.js',
  globalTeardown: '<rootDir>/test/helpers/remove-run-folder.js',
  reporters: ['default', '<rootDir>/test/helpers/closing-line.js'],
};
