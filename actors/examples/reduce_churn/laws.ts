/** Whom the laws that `must_comply_with` names allow an offer to be made to. */
import type { Customer } from './customers.ts';

const laws: Readonly<Record<string, (customer: Customer) => boolean>> = Object.freeze({
  /** The offer is chosen by what is known of a person: with consent only. */
  gdpr: ({ consented }) => consented,
  /** Whoever unsubscribed is not written to. */
  can_spam: ({ unsubscribed }) => !unsubscribed,
});

/** Those that nobody here knows how to comply with. */
export const unknownLaws = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !Object.hasOwn(laws, name));

/** Nobody, when one of the laws is unknown. */
export const reachable = (customers: readonly Customer[], names: readonly string[]): readonly Customer[] =>
  customers.filter((customer) => names.every((name) => Object.hasOwn(laws, name) && laws[name]?.(customer) === true));
