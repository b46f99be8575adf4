// Writes docs/configuration.md and docs/problems.md from the built program: `npm run docs`.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationDocument, problemsDocument } from './documents.ts';

const documents = {
  'docs/configuration.md': configurationDocument(),
  'docs/problems.md': problemsDocument(),
};
for (const [file, text] of Object.entries(documents)) {
  writeFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), text);
  console.log(`${file}: ${text.split('\n').length} lines`);
}
