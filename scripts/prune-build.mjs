// Removes what earlier builds left behind in build/: the output of a deleted or renamed test would go on running.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = path.join(root, 'build');
const output = /\.js(\.map)?$/;

for (const entry of readdirSync(build, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name);
  const source = path.join(root, path.relative(build, file)).replace(output, '');
  const orphan =
    entry.isFile() && output.test(entry.name) && !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`);
  if (orphan) rmSync(file);
}
