import { plainSsh } from '../../helpers/servers/ssh.ts';
import { attackSuite } from './attack-suite.ts';

attackSuite(plainSsh);
