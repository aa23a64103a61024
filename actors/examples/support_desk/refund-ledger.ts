/** The book of refunds, in Postgres: each key is paid once, whatever happens between the payment and its acknowledgement. */
import type { Actuator } from '../../../runtime/index.ts';
import type { Database } from '../../../runtime/postgres.ts';

/** The arguments of the action `refund`. */
export interface Refund {
  readonly customer: string;
  readonly order: number;
  readonly cents: number;
  readonly ticket: string;
}

export class RefundLedger {
  readonly #database: Database;
  readonly #table: string;

  private constructor(database: Database) {
    this.#database = database;
    this.#table = `${database.schema}.desk_refunds`;
  }

  /** Makes its table where it is missing. */
  static async open(database: Database): Promise<RefundLedger> {
    const ledger = new RefundLedger(database);
    await database.transaction(async (queries) => {
      // nodes that start together make it one after the other
      await queries.query("select pg_advisory_xact_lock(hashtext('desk_refunds'))");
      await queries.query(
        `create table if not exists ${ledger.#table} (
           key text primary key, customer text not null, order_number int not null, cents int not null,
           ticket text not null, paid_at timestamptz not null default now()
         )`,
      );
    });
    return ledger;
  }

  /** @returns whether this call has paid; false when the key was paid before */
  async pay(key: string, { customer, order, cents, ticket }: Refund): Promise<boolean> {
    const paid = await this.#database.query(
      `insert into ${this.#table} (key, customer, order_number, cents, ticket) values ($1, $2, $3, $4, $5)
       on conflict (key) do nothing returning key`,
      [key, customer, order, cents, ticket],
    );
    return paid.length === 1;
  }

  /** @returns the cents that other tickets got back for the order */
  async refundedBefore(customer: string, order: number, ticket: string): Promise<number> {
    const [found] = await this.#database.query<{ cents: number }>(
      `select coalesce(sum(cents), 0)::int as cents from ${this.#table}
       where customer = $1 and order_number = $2 and ticket <> $3`,
      [customer, order, ticket],
    );
    return found?.cents ?? 0;
  }
}

/** The actuator of the action `refund`. */
export const payBack =
  (ledger: Pick<RefundLedger, 'pay'>): Actuator =>
  async (args, { key }) => ({ paid_now: await ledger.pay(key, args as unknown as Refund) });
