// Numbers as JavaRosa reads and prints them (shared/src/expr/number.rs).

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A decimal number; NaN for any other text. @param {string} text */
export const decimal = (text) => (DECIMAL.test(text) ? Number(text) : NaN);

/** XPath's `number()` of a text: a comma is a point, no exponents. @param {string} text */
export function xpathNumber(text) {
  const t = text.trim();
  return /^[-\d.,]+$/.test(t) ? decimal(t.replaceAll(',', '.')) : NaN;
}

/** A number as an answer holds it (`1.25E7`); NaN for any other text. @param {string} text */
export function readNumber(text) {
  const t = text.trim();
  if (/^-?Infinity$/.test(t)) return Number(t);
  return /^[-\d.E+]+$/.test(t) ? decimal(t) : NaN;
}

/** As Java narrows to 32 bits: NaN is 0, too large is the largest. @param {number} n */
export const int32 = (n) =>
  n !== n ? 0 : Math.trunc(Math.max(-2147483648, Math.min(2147483647, n))) + 0;

/** As Java narrows to 64 bits. @param {number} n @returns {bigint} */
export function int64(n) {
  if (n !== n) return 0n;
  const most = 2n ** 63n;
  const i = Number.isFinite(n) ? BigInt(Math.trunc(n)) : n > 0 ? most : -most;
  return i >= most ? most - 1n : i < -most ? -most : i;
}

/** Java's `Double.toString`: `105.844`, `5.0`, `1.25E7`. @param {number} n */
export function javaDouble(n) {
  if (!Number.isFinite(n)) return String(n);
  const size = Math.abs(n);
  if (n === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(n, -0) ? '-0' : String(n);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits, exponent] = n.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** XPath's `string()` of a number. @param {number} n */
export function xpathText(n) {
  if (n !== n) return 'NaN';
  if (Math.abs(n) < 1e-12) return '0';
  return Math.abs(n - int32(n)) < 1e-12 ? String(int32(n)) : javaDouble(n);
}

/** How a calculated number is stored: whole ones without a point. @param {number} n @param {boolean} whole */
export function storedNumber(n, whole) {
  if (n !== n) return '';
  if (whole) return String(int32(n));
  const i = int64(n);
  return Number.isFinite(n) && Math.abs(n - Number(i)) < 1e-9 ? String(i) : javaDouble(n);
}

/** The digits of a number before and after its point. @param {number} n */
function digits(n) {
  const [written, exponent] = Math.abs(n).toExponential().split('e');
  const all = written.replace('.', '');
  const point = Number(exponent) + 1;
  if (point <= 0) return ['0', '0'.repeat(-point) + all];
  return [all.slice(0, point).padEnd(point, '0'), all.slice(point)];
}

/** `round(n, places)`: halves of positive numbers up, of negative ones towards zero. @param {number} n @param {number} places */
export function round(n, places) {
  if (!Number.isFinite(n)) return n;
  if (Math.abs(places) > 30) return NaN;
  const [whole, fraction] = digits(n);
  const sign = n < 0 ? '-' : '';
  if (places < 0) {
    const scaled = Number(`${sign}${whole}.${fraction}e${places}`);
    return Number(`${int64(scaled + 0.5)}e${-places}`) + 0;
  }
  if (fraction.length <= places) return n + 0;
  const rest = fraction.slice(places);
  const up = rest[0] > '5' || (rest[0] === '5' && (n > 0 || /[1-9]/.test(rest.slice(1))));
  const kept = String(BigInt(whole + fraction.slice(0, places)) + (up ? 1n : 0n)).padStart(places + 1, '0');
  const at = kept.length - places;
  return Number(`${sign}${kept.slice(0, at)}.${kept.slice(at)}`) + 0;
}
