import { defineConfig } from 'drizzle-kit';

/** `npm run db:generate -- --name what-changes`; drizzle/README.md says how to write a safe migration. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/**/*.table.ts',
  out: './drizzle',
  strict: true,
});
