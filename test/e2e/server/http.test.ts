import { http } from '../../helpers/servers/http.ts';
import { attackSuite } from './attack-suite.ts';

attackSuite(http);
