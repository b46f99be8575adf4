import { sql } from 'drizzle-orm';
import { bigint, customType, integer, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Primary key, a UUIDv7 made by the program. */
export const id = () => uuid('id').primaryKey();

/** A moment, timestamptz with milliseconds, as RFC 3339 text in the program. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' });

/** A calendar day as `YYYY-MM-DD`. */
export const day = customType<{ data: string; driverData: string }>({ dataType: () => 'date' });

/** Integer cents. */
export const cents = (name: string) => bigint(name, { mode: 'number' });

/** An exact decimal as text, so that no digit is lost on the way. */
export const quantity = customType<{ data: string; driverData: string }>({ dataType: () => 'numeric(30,6)' });

/** Counts changes; the ETag of the row. */
export const version = () => integer('version').notNull().default(1);

export const createdAt = () => moment('created_at').notNull().default(sql`now()`);
