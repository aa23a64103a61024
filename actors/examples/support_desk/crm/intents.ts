/** What the CRM answers. The desk asks it, and imports nothing else of it. */
import { z } from 'zod';
import { agentRef, type KindRef } from '../../../../runtime/index.ts';

export interface OrderQuestion {
  readonly order: number;
}

export interface OrderFound {
  /** What the customer paid for it, in cents; 0 when there is no such order. */
  readonly paid: number;
}

const question: z.ZodType<OrderQuestion> = z.object({ order: z.int().positive() });
const found: z.ZodType<OrderFound> = z.object({ paid: z.int().nonnegative() });

export type CrmIntents = {
  readonly order: { readonly context: z.ZodType<OrderQuestion>; readonly reply: z.ZodType<OrderFound> };
};

export const crmRef: KindRef<CrmIntents> = agentRef('crm', { order: { context: question, reply: found } });
