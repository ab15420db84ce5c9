// The functions that most forms call, as JavaRosa defines them (shared/src/expr/functions/); more.js has
// the others. Where JavaRosa would stop the form with an error, the result is blank, NaN or false.
import * as dates from './dates.js';
import { kindOf } from './expression.js';
import { int32, round } from './number.js';
import { Element, Row } from './tree.js';
import { Loose, Nodes, atom, isBlank, number, text, truth, typed } from './value.js';

/** @typedef {import('./expression.js').Frame} Frame */
/** @typedef {import('./expression.js').Run} Run */
/** @typedef {import('./value.js').Value} Value */
/** @typedef {import('./dates.js').Moment} Moment */
/** @typedef {(f: Frame, a: Run[], trees: any[]) => Value} Call */

/** @param {string} list */
const words = (list) => list.split(' ').filter(Boolean);

/** @param {Run | undefined} run @param {Frame} f */
export const nodes = (run, f) => {
  const v = run?.(f);
  return v instanceof Nodes ? v : null;
};

/** Each node as a value of its field's type. @param {Nodes} found */
export const each = (found) => found.items.map((n) => typed(n.text, found.kind));

/** The values of arguments, where one path alone stands for all its nodes. @param {Frame} f @param {Run[]} a @param {number} from */
export function all(f, a, from) {
  const values = a.slice(from).map((run) => run(f));
  return values.length === 1 && values[0] instanceof Nodes ? each(values[0]) : values;
}

/** @param {Frame} f @param {Run[]} a */
const numbers = (f, a) => all(f, a, 0).map(number).filter((n) => n === n);

/** True if the words of `wanted` stand in the list, one after the other. @type {Call} */
const selected = (f, a) => {
  const list = text(a[0](f));
  const wanted = text(a[1](f)).replace(/^[\0- ]+|[\0- ]+$/g, '');
  return wanted.includes(' ') ? ` ${list} `.includes(` ${wanted} `) : list.split(' ').includes(wanted);
};

/** From `start` to before `end`; half a character is left out. @param {string} source @param {number} start @param {number} [end] */
function substr(source, start, end = source.length) {
  const place = (/** @type {number} */ n) => Math.max(0, Math.min(source.length, n < 0 ? source.length + n : n));
  return source.slice(place(start), place(end)).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}

/** A moment: numbers are days since 1970 (`fine`: of UTC, with a fraction), a text is read with its time; blank for none. @param {Value} v @param {boolean} fine @param {Moment} now @returns {Moment | ''} */
function read(v, fine, now) {
  const a = atom(v);
  if (a instanceof dates.Moment) return fine ? a : a.day;
  if (typeof a === 'number') return (fine ? dates.fromDecimalDays(a) : dates.fromDays(a)) ?? '';
  if (typeof a === 'boolean') return '';
  const t = a instanceof Loose ? a.text : a;
  return dates.parseMoment(t) ?? dates.parseTime(t, now) ?? '';
}

/** @param {(days: number) => number} ofDays @param {(m: Moment) => number} ofMoment @returns {Call} */
const decimal = (ofDays, ofMoment) => (f, a) => {
  const v = a[0](f);
  const n = atom(v);
  if (typeof n === 'number' && Math.abs(n) <= 2147483647) return ofDays(n);
  const moment = read(v, true, f.env.now);
  return moment && ofMoment(moment);
};

/** @type {Call} */
const formatted = (f, a) => {
  const moment = read(a[0](f), true, f.env.now);
  return moment && dates.format(moment, text(a[1](f)));
};

/** @param {Run | undefined} run @param {Frame} f */
const textOr = (run, f) => (run ? text(run(f)) : f.here.text);

/** @type {Record<string, Call>} */
export const FUNCTIONS = {
  true: () => true,
  false: () => false,
  not: (f, a) => !truth(a[0](f)),
  boolean: (f, a) => truth(a[0](f)),
  'boolean-from-string': (f, a) => /^(1|true)$/i.test(text(a[0](f))),
  if: (f, a) => a[truth(a[0](f)) ? 1 : 2](f),
  coalesce: (f, a) => {
    const first = a[0](f);
    return isBlank(first) ? a[1](f) : first;
  },
  once: (f, a, trees) => (f.here.text === '' ? a[0](f) : new Nodes([f.here], kindOf(trees[0]))),
  depend: (f, a) => a[0](f),
  selected,
  'is-selected': selected,
  'count-selected': (f, a) => words(text(a[0](f))).length,
  'selected-at': (f, a) => words(text(a[0](f)))[int32(number(a[1](f)))] ?? '',
  'jr:choice-name': (f, a) => f.env.tables.table(text(a[1](f)))?.lookup('name', text(a[0](f)), 'label') ?? '',
  pulldata: (f, a) => {
    const [table, column, key, wanted] = a.map((run) => text(run(f)));
    return f.env.tables.table(table)?.lookup(key, wanted, column) ?? '';
  },
  count: (f, a) => nodes(a[0], f)?.items.length ?? 0,
  'count-non-empty': (f, a) =>
    nodes(a[0], f)?.items.filter((n) => n.text !== '' || (n instanceof Element && n.children.length)).length ?? 0,
  sum: (f, a) => numbers(f, a).reduce((sum, n) => sum + n, 0),
  min: (f, a) => numbers(f, a).reduce((least, n) => Math.min(n, Number.MAX_VALUE, least === least ? least : Infinity), NaN),
  // JavaRosa starts from the smallest positive number: a maximum is never negative.
  max: (f, a) => numbers(f, a).reduce((most, n) => Math.max(n, Number.MIN_VALUE, most === most ? most : -Infinity), NaN),
  position: (f, a) => {
    if (!a.length && f.position) return f.position;
    const node = a.length ? nodes(a[0], f)?.items[0] : f.here;
    return node instanceof Element ? node.position : node instanceof Row ? node.at + 1 : node ? 1 : 0;
  },
  string: (f, a) => text(a[0](f)),
  concat: (f, a) => all(f, a, 0).map(text).join(''),
  join: (f, a) => all(f, a, 1).map(text).join(text(a[0](f))),
  'string-length': (f, a) => textOr(a[0], f).length,
  substr: (f, a) => substr(text(a[0](f)), int32(number(a[1](f))), a[2] && int32(number(a[2](f)))),
  'substring-before': (f, a) => {
    const whole = text(a[0](f));
    return whole.slice(0, Math.max(0, whole.indexOf(text(a[1](f)))));
  },
  'substring-after': (f, a) => {
    const [whole, part] = [text(a[0](f)), text(a[1](f))];
    return whole.includes(part) ? whole.slice(whole.indexOf(part) + part.length) : '';
  },
  contains: (f, a) => text(a[0](f)).includes(text(a[1](f))),
  'starts-with': (f, a) => text(a[0](f)).startsWith(text(a[1](f))),
  'ends-with': (f, a) => text(a[0](f)).endsWith(text(a[1](f))),
  'normalize-space': (f, a) =>
    textOr(a[0], f).replace(/^[\0- ]+|[\0- ]+$/g, '').replace(/[ \t\n\v\f\r]+/g, ' '),
  version: (f) => f.env.formVersion,
  number: (f, a) => number(a[0](f)),
  int: (f, a) => Math.trunc(number(a[0](f))),
  round: (f, a) => round(number(a[0](f)), a[1] ? int32(number(a[1](f))) : 0),
  today: (f) => f.env.now.day,
  now: (f) => f.env.now,
  date: (f, a) => read(a[0](f), false, f.env.now),
  'date-time': (f, a) => read(a[0](f), true, f.env.now),
  'decimal-date-time': decimal((d) => d, dates.decimalDays),
  'decimal-time': decimal((d) => d - Math.floor(d), dates.decimalTime),
  'format-date': formatted,
  'format-date-time': formatted,
};
