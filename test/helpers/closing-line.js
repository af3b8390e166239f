import { appendFileSync } from 'node:fs';

/**
 * A jest reporter that ends the run with one plain line, for programs that read totals. With
 * $TEST_TOTALS it also adds the line to that file, for a run that is made of several.
 */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = results;
    // A file that does not even load runs no test of its own: it counts as one failure.
    const failed = numFailedTests || numFailedTestSuites;
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    if (process.env.LAZYSPEC_TEST_BACKEND !== 'nodegit') {
      process.stdout.write(
        'left out: nodegit (npm run setup:nodegit, then npm run test:nodegit)\n',
      );
    }
    const line = `${numPassedTests} passed, ${failed} failed${skipped}\n`;
    process.stdout.write(line);
    if (process.env.TEST_TOTALS) appendFileSync(process.env.TEST_TOTALS, line);
  }
}
