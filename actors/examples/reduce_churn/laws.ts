/** Selects the customers who may receive an offer under the laws that `must_comply_with` names. */
import type { Customer } from './customers.ts';

const laws: Readonly<Record<string, (customer: Customer) => boolean>> = Object.freeze({
  /** The offer is selected by personal data: only with consent. */
  gdpr: ({ consented }) => consented,
  /** Customers who unsubscribed receive no message. */
  can_spam: ({ unsubscribed }) => !unsubscribed,
});

/** Returns the laws without known rules. */
export const unknownLaws = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !Object.hasOwn(laws, name));

/** Returns the customers who may receive an offer; none when one of the laws is unknown. */
export const reachable = (customers: readonly Customer[], names: readonly string[]): readonly Customer[] =>
  customers.filter((customer) => names.every((name) => Object.hasOwn(laws, name) && laws[name]?.(customer) === true));
