import { chosenStore } from './native.ts';
import type { StoreFactory } from './ref-store-suite.ts';
import { refStoreContract } from './ref-store-suite.ts';
import { refStoreInTrouble } from './ref-store-trouble.ts';

const native: StoreFactory = async (cwd, env) => (await chosenStore(cwd, env)).store;
refStoreContract('nodegit', native);
refStoreInTrouble('nodegit', native);
