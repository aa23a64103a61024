/** Leases for tests of code that needs one. */
import { AbortGroup } from '../../runtime/core/abort-group.ts';
import type { Lease } from '../../runtime/mailbox/lease.ts';

/** The lease of a partition that is never lost, and always confirmed. */
export const freshLease: Lease = Object.freeze({
  isFresh: true,
  lost: undefined,
  aborts: new AbortGroup(),
  whenFresh: async () => undefined,
});
