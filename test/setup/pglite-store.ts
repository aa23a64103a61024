/** Makes, once for all test files, the store of PGlite that they copy. */
import { makeTemplate } from '../support/pglite-store.ts';

export default async function setup(): Promise<void> {
  await makeTemplate();
}
