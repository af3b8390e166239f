import { gitolite } from '../../helpers/servers/gitolite.ts';
import { attackSuite } from './attack-suite.ts';

attackSuite(gitolite);
