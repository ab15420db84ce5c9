// The functions that expressions may call, as JavaRosa defines them (shared/src/expr/functions/).
// Where JavaRosa would stop the form with an error, the result is blank, NaN or false.
import * as dates from './dates.js';
import { base64Decode, digest } from './digest.js';
import { along, kindOf } from './expression.js';
import * as geo from './geo.js';
import { int32, round } from './number.js';
import { matches } from './pattern.js';
import { shuffle, shuffled } from './random.js';
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
const nodes = (run, f) => {
  const v = run?.(f);
  return v instanceof Nodes ? v : null;
};

/** Each node as a value of its field's type. @param {Nodes} found */
const each = (found) => found.items.map((n) => typed(n.text, found.kind));

/** The values of arguments, where one path alone stands for all its nodes. @param {Frame} f @param {Run[]} a @param {number} from */
function all(f, a, from) {
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

/** The weights of the factors that hold; two paths stand for all their nodes. @param {Frame} f @param {Run[]} a */
function weights(f, a) {
  const [flags, weighed] = a.length === 4 ? [nodes(a[2], f), nodes(a[3], f)] : [];
  let sum = 0;
  if (flags && weighed) {
    if (flags.items.length !== weighed.items.length) return NaN;
    const by = each(weighed);
    each(flags).forEach((flag, i) => (sum += truth(flag) ? number(by[i]) : 0));
    return sum;
  }
  for (let i = 2; i < a.length; i += 2) if (truth(a[i](f))) sum += number(a[i + 1](f));
  return sum;
}

/** From `start` to before `end`; half a character is left out. @param {string} source @param {number} start @param {number} [end] */
function substr(source, start, end = source.length) {
  const place = (/** @type {number} */ n) => Math.max(0, Math.min(source.length, n < 0 ? source.length + n : n));
  return source.slice(place(start), place(end)).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}

/** @param {string} source @param {string} from @param {string} to */
function translate(source, from, to) {
  /** @type {Map<string, string>} */
  const becomes = new Map();
  const others = [...to];
  [...from].forEach((c, i) => becomes.has(c) || becomes.set(c, others[i] ?? ''));
  return [...source].map((c) => becomes.get(c) ?? c).join('');
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

/** These functions see the time of day in a moment that comes straight from another function. @param {(...n: number[]) => number} of @returns {Call} */
const maths = (of) => (f, a) =>
  of(...a.map((run) => {
    const v = run(f);
    return v instanceof dates.Moment ? dates.localDays(v) : number(v);
  }));

/** `indexed-repeat(field, repeat, n, …)`: the field within the nth instance of each named repeat; of others the one the context stands in. @type {Call} */
const indexedRepeat = (f, a, trees) => {
  const target = names(trees[0], f);
  if (!target) return '';
  /** @type {Map<number, number>} */
  const chosen = new Map();
  for (let i = 1; i < trees.length; i += 2) {
    const repeat = names(trees[i], f);
    if (!repeat || repeat.some((name, k) => name !== target[k])) return '';
    chosen.set(repeat.length - 1, Math.max(1, int32(number(a[i + 1](f)))));
  }
  const up = f.here instanceof Element ? f.here.lineage : f.current.lineage;
  let found = [f.env.root];
  let shared = true;
  for (let depth = 1; depth < target.length; depth++) {
    /** @type {Element | null} */
    const here = shared && up[depth]?.name === target[depth] ? up[depth] : null;
    const nth = chosen.get(depth);
    shared = here !== null && nth === undefined;
    if (here && nth === undefined) found = [here];
    else found = found.flatMap((n) => (nth === undefined ? n.named(target[depth]) : n.named(target[depth]).slice(nth - 1, nth)));
  }
  return new Nodes(along(found, [], 0, f), trees[0][3]);
};

/** The names from the root to what a path of the answers means, without places. @param {any} tree @param {Frame} f @returns {string[] | null} */
function names([head, start, steps], f) {
  if (head !== 'path' || Array.isArray(start)) return null;
  const from = start === '.' && f.here instanceof Element ? f.here : f.current;
  const found = start === '/' ? [] : from.lineage.map((n) => n.name);
  for (const step of steps) {
    const test = typeof step === 'string' ? step : step[0];
    if (test === '..') found.pop();
    else if (/^[*@]/.test(test)) return null;
    else if (test !== '.') found.push(test);
  }
  return found[0] === f.env.root.name ? found : null;
}

/** @param {Run | undefined} run @param {Frame} f */
const textOr = (run, f) => (run ? text(run(f)) : f.here.text);

/** Java's power: 1 to an exponent that is no number is no number. @param {number} base @param {number} exponent */
const power = (base, exponent) =>
  exponent !== exponent || (Math.abs(base) === 1 && Math.abs(exponent) === Infinity) ? NaN : base ** exponent;

/** @type {Call} */
const areaOf = (f, a) => {
  const shape = nodes(a[0], f);
  const points = shape && geo.pointsOf(shape.items);
  return points ? geo.area(points) : NaN;
};

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
  checklist: (f, a) => {
    const count = all(f, a, 2).filter(truth).length;
    const [least, most] = [int32(number(a[0](f))), int32(number(a[1](f)))];
    return (least < 0 || count >= least) && (most < 0 || count <= most);
  },
  'weighted-checklist': (f, a) => {
    const sum = weights(f, a);
    return sum >= number(a[0](f)) && sum <= number(a[1](f));
  },
  selected,
  'is-selected': selected,
  'count-selected': (f, a) => words(text(a[0](f))).length,
  'selected-at': (f, a) => words(text(a[0](f)))[int32(number(a[1](f)))] ?? '',
  'jr:choice-name': (f, a) => f.env.tables.table(text(a[1](f)))?.lookup('name', text(a[0](f)), 'label') ?? '',
  'jr:itext': (f, a) => f.env.tables.table('jr:itext')?.lookup('name', text(a[0](f)), 'label') ?? '',
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
  'indexed-repeat': indexedRepeat,
  randomize: (f, a) => {
    const v = a[0](f);
    if (!(v instanceof Nodes)) return v;
    const random = a.length > 1 ? null : f.env.random();
    return new Nodes(random ? shuffle(v.items, () => random.fraction()) : shuffled(v.items, a[1](f)), v.kind);
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
  translate: (f, a) => translate(text(a[0](f)), text(a[1](f)), text(a[2](f))),
  regex: (f, a) => matches(text(a[0](f)), text(a[1](f))),
  digest: (f, a) => digest(text(a[0](f)), text(a[1](f)), a[2] ? text(a[2](f)) : 'base64'),
  'base64-decode': (f, a) => base64Decode(text(a[0](f))),
  uuid: (f, a) => (a.length ? f.env.random().letters(int32(number(a[0](f)))) : f.env.random().uuid()),
  random: (f) => f.env.random().fraction(),
  version: (f) => f.env.formVersion,
  property: (f, a) => f.env.tables.table('jr:property')?.lookup('name', text(a[0](f)).toLowerCase(), 'label') ?? '',
  number: (f, a) => number(a[0](f)),
  int: (f, a) => Math.trunc(number(a[0](f))),
  round: (f, a) => round(number(a[0](f)), a[1] ? int32(number(a[1](f))) : 0),
  floor: (f, a) => Math.floor(number(a[0](f))),
  ceiling: (f, a) => Math.ceil(number(a[0](f))),
  abs: maths(Math.abs),
  pow: maths(power),
  sqrt: maths(Math.sqrt),
  exp: maths(Math.exp),
  exp10: maths((n) => power(10, n)),
  log: maths(Math.log),
  log10: maths(Math.log10),
  sin: maths(Math.sin),
  cos: maths(Math.cos),
  tan: maths(Math.tan),
  asin: maths(Math.asin),
  acos: maths(Math.acos),
  atan: maths(Math.atan),
  atan2: maths(Math.atan2),
  pi: () => Math.PI,
  today: (f) => f.env.now.day,
  now: (f) => f.env.now,
  date: (f, a) => read(a[0](f), false, f.env.now),
  'date-time': (f, a) => read(a[0](f), true, f.env.now),
  'decimal-date-time': decimal((d) => d, dates.decimalDays),
  'decimal-time': decimal((d) => d - Math.floor(d), dates.decimalTime),
  'format-date': formatted,
  'format-date-time': formatted,
  area: areaOf,
  'enclosed-area': areaOf,
  distance: (f, a) => {
    const first = a[0](f);
    const points = a.length > 1 ? a.map((run) => geo.point(text(run(f)))) :
      first instanceof Nodes ? geo.pointsOf(first.items) : geo.points(text(first));
    return !points || points.includes(null) ? NaN : geo.distance(/** @type {number[][]} */ (points));
  },
  geofence: (f, a) => {
    const point = geo.point(text(a[0](f)));
    const shape = nodes(a[1], f);
    const line = shape && geo.pointsOf(shape.items);
    return point !== null && line ? geo.isInside(point, line) : false;
  },
};
