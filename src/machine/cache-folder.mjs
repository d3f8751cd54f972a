// In: the environment. Out: the machine-wide folder for everything that is large and can be made again.
// Plain JavaScript, because the bootstrap needs it before TypeScript can run; others import it from cache.ts.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * `$MANYHEADS_CACHE`, else `$XDG_CACHE_HOME/manyheads`, else `~/.cache/manyheads`. The folder may not exist yet.
 * A relative `$XDG_CACHE_HOME` does not count (XDG base directory specification); a variable set to nothing is unset.
 * @param {Record<string, string | undefined>} [environment]
 * @returns {string} absolute path
 */
export function cacheFolder(environment = process.env) {
  const own = environment.MANYHEADS_CACHE;
  if (own !== undefined && own !== '') return resolve(own);
  const shared = environment.XDG_CACHE_HOME;
  if (shared !== undefined && isAbsolute(shared)) return join(shared, 'manyheads');
  const home = environment.HOME;
  return join(home !== undefined && home !== '' ? home : homedir(), '.cache', 'manyheads');
}
