/** What the agents of the desk say to each other, and what clients may say to them. Each agent is one customer's. */
import { z } from 'zod';
import { agentRef, type KindRef, keyText } from '../../../runtime/index.ts';

export interface Ticket {
  /** Chosen by the client; unique for its customer. */
  readonly ticket: string;
  readonly text: string;
}

export interface RefundTicket extends Ticket {
  /** The number of the customer's order. */
  readonly order: number;
  /** The amount wanted back, in cents. */
  readonly cents: number;
}

/** A ticket for people, with the reason why no agent could finish it. */
export interface Handover extends Ticket {
  readonly why: string;
}

/** What a person says to the customer. */
export interface HumanAnswer extends Ticket {
  readonly by: string;
}

export interface TicketQuestion {
  readonly ticket: string;
}

export type TicketState = {
  readonly state: 'unknown' | 'open' | 'with_human' | 'answered';
  /** The agent or the person that has it. */
  readonly by: string;
  readonly text: string;
};

export interface Outage {
  readonly service: string;
  /** How many customers reported it. */
  readonly customers: number;
}

/** It is a part of the ids of the intents that it leads to, which have at most 64 characters. */
const ticket = z.string().regex(/^[\w-]{1,48}$/);
const text = z.string().min(1).max(4_000);

const ticketSchema: z.ZodType<Ticket> = z.object({ ticket, text });
const refundSchema: z.ZodType<RefundTicket> = z.object({
  ticket,
  text,
  order: z.int().positive(),
  cents: z.int().positive(),
});
const handoverSchema: z.ZodType<Handover> = z.object({ ticket, text, why: z.string() });
const humanAnswerSchema: z.ZodType<HumanAnswer> = z.object({ ticket, text, by: z.string().min(1) });
const questionSchema: z.ZodType<TicketQuestion> = z.object({ ticket });
const stateSchema: z.ZodType<TicketState> = z.object({
  state: z.enum(['unknown', 'open', 'with_human', 'answered']),
  by: z.string(),
  text: z.string(),
});
const outageSchema: z.ZodType<Outage> = z.object({ service: z.string().min(1), customers: z.int().positive() });

export type TriageIntents = {
  readonly help: { readonly context: z.ZodType<Ticket> };
  readonly refund: { readonly context: z.ZodType<RefundTicket> };
  readonly status: { readonly context: z.ZodType<TicketQuestion>; readonly reply: z.ZodType<TicketState> };
};
export type BillingIntents = { readonly refund: { readonly context: z.ZodType<RefundTicket> } };
export type TechnicalIntents = { readonly solve: { readonly context: z.ZodType<Ticket> } };
export type HumanIntents = {
  readonly take: { readonly context: z.ZodType<Handover> };
  readonly answer: { readonly context: z.ZodType<HumanAnswer> };
  readonly outage: { readonly context: z.ZodType<Outage> };
};

export const outageIntent: { readonly context: z.ZodType<Outage> } = { context: outageSchema };

export const triageRef: KindRef<TriageIntents> = agentRef('triage', {
  help: { context: ticketSchema },
  refund: { context: refundSchema },
  status: { context: questionSchema, reply: stateSchema },
});
/** The CRM may be away for minutes. */
const patient = { attempts: 10, maxIntervalMs: 30_000 };
export const billingRef: KindRef<BillingIntents> = agentRef('billing', {
  refund: { context: refundSchema, retry: patient },
});
export const technicalRef: KindRef<TechnicalIntents> = agentRef('technical', { solve: { context: ticketSchema } });
export const humanRef: KindRef<HumanIntents> = agentRef('human', {
  take: { context: handoverSchema },
  answer: { context: humanAnswerSchema },
  outage: outageIntent,
});

/**
 * The customer whose agent this is. Any text names a customer: `triageRef.at('ann@example.com')` is `triage/ann_40example_2ecom`.
 * @throws InvalidIdError for a key that `at` has not made
 */
export const customerOf = (self: string): string => keyText(self.slice(self.indexOf('/') + 1));
