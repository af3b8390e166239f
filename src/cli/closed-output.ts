/**
 * A closed pipe (`leases | head -1`) is no failure; output that cannot be written is one.
 * Called first in each program: help is printed before any command runs.
 */
export function endOnClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`the output cannot be written: ${error.message}\n`);
    process.exit(3);
  });
  process.stderr.on('error', () => {}); // nobody is left to be told
}
