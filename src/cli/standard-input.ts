import { LazyspecError } from '../errors.ts';

/** All that git tells a hook on stdin. @throws {LazyspecError} CANCELLED */
export async function standardInput(signal: AbortSignal | undefined): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return ''; // a person typed the command: git said nothing
  const cancel = () => stdin.destroy(new LazyspecError('CANCELLED', 'interrupted'));
  signal?.addEventListener('abort', cancel, { once: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  signal?.removeEventListener('abort', cancel);
  return Buffer.concat(chunks).toString('utf8');
}
