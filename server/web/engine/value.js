// What expressions give, and JavaRosa's conversions between text, numbers, dates and truth
// (shared/src/expr/value.rs, store.rs).
import { Moment, dateText, momentText, parseDate, parseMoment, timeText } from './dates.js';
import { pointText, pointsText } from './geo.js';
import { readNumber, storedNumber, xpathNumber, xpathText } from './number.js';

/** @typedef {'text' | 'number' | 'boolean' | 'date' | undefined} Kind the type of a field, as far as conversions care */
/** @typedef {string | number | boolean | Moment | Nodes} Value */
/** @typedef {string | number | boolean | Moment | Loose} Atom */
/** @typedef {{text: string}} Node an element, an attribute, a table, a row or a cell */

/** Text of a type that is not known. */
export class Loose {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** The nodes a path found, in document order. */
export class Nodes {
  /** @param {Node[]} items @param {Kind} kind */
  constructor(items, kind) {
    this.items = items;
    this.kind = kind;
  }
}

/** A stored text as a value of its field's type; text when it is not of that type. @param {string} text @param {Kind} kind @returns {Atom} */
export function typed(text, kind) {
  switch (kind) {
    case 'text': return text;
    case 'number': {
      const n = readNumber(text);
      return n === n ? n : text;
    }
    case 'boolean':
      return text === '1' || text === 'true' ? true : text === '0' || text === 'false' ? false : text;
    case 'date': return parseMoment(text) ?? text;
  }
  return new Loose(text);
}

/** A value with nodes reduced to what the first one holds. @param {Value} v @returns {Atom} */
export const atom = (v) =>
  v instanceof Nodes ? (v.items.length ? typed(v.items[0].text, v.kind) : '') : v;

/** @param {Value | Loose} v */
export function number(v) {
  const a = v instanceof Nodes ? atom(v) : v;
  switch (typeof a) {
    case 'number': return a;
    case 'string': return xpathNumber(a);
    case 'boolean': return a ? 1 : 0;
  }
  if (a instanceof Moment) return a.days;
  const n = readNumber(a.text);
  return n === n ? n : (parseDate(a.text)?.days ?? NaN);
}

/** @param {Value | Loose} v @returns {string} */
export function text(v) {
  const a = v instanceof Nodes ? atom(v) : v;
  switch (typeof a) {
    case 'string': return a;
    case 'number': return xpathText(a);
    case 'boolean': return String(a);
  }
  return a instanceof Moment ? dateText(a) : a.text;
}

/** @param {Value | Loose} v @returns {boolean} */
export function truth(v) {
  const a = v instanceof Nodes ? atom(v) : v;
  switch (typeof a) {
    case 'boolean': return a;
    case 'string': return a !== '';
    case 'number': return Math.abs(a) > 1e-12;
  }
  return a instanceof Moment || a.text !== '';
}

/** True for no nodes, an empty text and NaN. @param {Value} v */
export function isBlank(v) {
  const a = atom(v);
  return a === '' || a !== a || (a instanceof Loose && a.text === '');
}

/** JavaRosa's equality: as truth if either is one, as numbers if either is one, else as texts. @param {Value} x @param {Value} y */
export function equal(x, y) {
  const [a, b] = [atom(x), atom(y)];
  if (typeof a === 'boolean' || typeof b === 'boolean') return truth(a) === truth(b);
  if (typeof a === 'number' || typeof b === 'number') return Math.abs(number(a) - number(b)) < 1e-12;
  return text(a) === text(b);
}

/** The text stored for a calculated value, by the type of the field. @param {Value} v @param {string} data @returns {string} */
export function stored(v, data) {
  const a = atom(v);
  if (isBlank(v)) return '';
  if (typeof a === 'boolean' || data === 'boolean') return truth(a) ? '1' : '0';
  if (typeof a === 'number') return storedNumber(a, data === 'int');
  if (a instanceof Moment) return data === 'date' ? dateText(a) : data === 'time' ? timeText(a) : momentText(a);
  const t = text(a);
  const made = data === 'geopoint' ? pointText(t) : /^geo(trace|shape)$/.test(data) ? pointsText(t) : null;
  return made ?? t;
}
