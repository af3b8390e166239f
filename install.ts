/** The installer's entry: `node node_modules/lazyspec-hooks/dist/install.js`, from any script. */
import { runHooksProgram } from './src/cli/hooks-program.ts';

void runHooksProgram(['install', ...process.argv.slice(2)]);
