/** Digits of a code with its letters as numbers (A = 10 … Z = 35), as ISO 7064 wants them. */
function inDigits(code: string): bigint {
  return BigInt(code.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55)));
}

const LEITWEG_ID = /^\d{2,12}(-[0-9A-Z]{1,30})?-\d{2}$/;

/** Form and check digits: the whole without hyphens leaves 1 when divided by 97 (KoSIT, Formatspezifikation Leitweg-ID). */
export function isLeitwegId(text: string): boolean {
  return LEITWEG_ID.test(text) && inDigits(text.replaceAll('-', '')) % 97n === 1n;
}

const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;
/** Lengths of the countries a German public body keeps an account in. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AT: 20,
  BE: 16,
  CH: 21,
  DE: 22,
  FR: 27,
  LU: 20,
  NL: 18,
};

/** Without spaces; form, length where it is known, and check digits (ISO 13616). */
export function isIban(text: string): boolean {
  if (!IBAN.test(text)) return false;
  const length = IBAN_LENGTHS[text.slice(0, 2)];
  if (length !== undefined && text.length !== length) return false;
  return inDigits(text.slice(4) + text.slice(0, 4)) % 97n === 1n;
}

export function isBic(text: string): boolean {
  return /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text);
}

/** German VAT id: nine digits of which the last checks the others (ISO 7064, MOD 11,10). */
export function isGermanVatId(text: string): boolean {
  if (!/^DE\d{9}$/.test(text)) return false;
  const digits = Array.from(text.slice(2), Number);
  let product = 10;
  for (const digit of digits.slice(0, 8)) {
    const sum = (digit + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === digits[8];
}
