// Places as text (shared/src/expr/geo.rs).
import { decimal, javaDouble } from './number.js';

/** Up to four numbers; what is missing is 0, so blank is 0 0. @param {string} text */
export function point(text) {
  const words = text.replace(/^[\0- ]+|[\0- ]+$/g, '').split(' ').filter(Boolean);
  const numbers = words.map(decimal);
  if (numbers.length > 4 || numbers.some((n) => n !== n)) return null;
  while (numbers.length < 4) numbers.push(0);
  return numbers;
}

/** @template T @param {(T | null)[]} list @returns {T[] | null} */
export const whole = (list) => (list.includes(null) ? null : /** @type {T[]} */ (list));

/** A point as it is stored; blank for that of zeros, null for no point. @param {string} text */
export function pointText(text) {
  const numbers = point(text);
  return numbers && (numbers.some((n) => n !== 0) ? numbers.map(javaDouble).join(' ') : '');
}

/** A trace or shape as it is stored. @param {string} text */
export const pointsText = (text) =>
  whole(text.replace(/;+$/, '').split(';').map(pointText))?.join('; ') ?? null;

/** A point as a person gives it; null for none. @param {string} text */
export function givenPoint(text) {
  const numbers = text.split(/\s+/).filter(Boolean).map(decimal);
  if (numbers.length < 2 || numbers.length > 4 || !numbers.every(Number.isFinite)) return null;
  if (Math.abs(numbers[0]) > 90 || Math.abs(numbers[1]) > 180) return null;
  while (numbers.length < 4) numbers.push(0);
  return numbers.map(javaDouble).join(' ');
}

/** @param {string} text */
export const givenPoints = (text) =>
  whole(text.split(';').map((p) => p.trim()).filter(Boolean).map(givenPoint))?.join('; ') ?? null;
