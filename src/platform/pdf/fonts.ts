import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Weight = 'regular' | 'semibold';

/** Noto Sans: has every character that DIN 91379 asks public bodies to write, and figures of one width. */
const files: Readonly<Record<Weight, string>> = {
  regular: import.meta.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  semibold: import.meta.resolve('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'),
};

const read = new Map<Weight, Buffer>();

/** Bytes of a font file, read once in the life of the process. */
export function fontFile(weight: Weight): Buffer {
  const known = read.get(weight);
  if (known !== undefined) return known;
  const bytes = readFileSync(fileURLToPath(files[weight]));
  read.set(weight, bytes);
  return bytes;
}
