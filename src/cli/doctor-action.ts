/** `doctor`: what was found, as JSON and as text. */
import type { Context } from '../commands/context.ts';
import { doctor } from '../commands/doctor.ts';
import type { Output } from './main.ts';
import { doctorLines } from './render-doctor.ts';

export async function doctorAction(context: Context): Promise<Output> {
  const result = await doctor(context);
  return {
    json: result,
    text: ({ quiet }, paint) => doctorLines(result, quiet, paint),
    exitStatus: result.ok ? 0 : 1,
  };
}
