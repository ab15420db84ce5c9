// The functions that few forms call: loaded when a form has one (index.js).
import * as dates from './dates.js';
import { base64Decode, digest } from './digest.js';
import { along } from './expression.js';
import { FUNCTIONS, all, each, nodes } from './functions.js';
import * as earth from './earth.js';
import { point } from './geo.js';
import { int32 } from './number.js';
import { matches } from './pattern.js';
import { Random, shuffle, shuffled } from './random.js';
import { Element } from './tree.js';
import { Nodes, number, text, truth } from './value.js';

/** @typedef {import('./expression.js').Frame} Frame */
/** @typedef {import('./expression.js').Run} Run */
/** @typedef {import('./functions.js').Call} Call */

/** Fresh numbers. @param {Frame} f */
const random = (f) => Random.of(...f.env.draw());

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

/** @param {string} source @param {string} from @param {string} to */
function translate(source, from, to) {
  /** @type {Map<string, string>} */
  const becomes = new Map();
  const others = [...to];
  [...from].forEach((c, i) => becomes.has(c) || becomes.set(c, others[i] ?? ''));
  return [...source].map((c) => becomes.get(c) ?? c).join('');
}

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

/** Java's power: 1 to an exponent that is no number is no number. @param {number} base @param {number} exponent */
const power = (base, exponent) =>
  exponent !== exponent || (Math.abs(base) === 1 && Math.abs(exponent) === Infinity) ? NaN : base ** exponent;

/** @type {Call} */
const areaOf = (f, a) => {
  const shape = nodes(a[0], f);
  const points = shape && earth.pointsOf(shape.items);
  return points ? earth.area(points) : NaN;
};

/** @type {Record<string, Call>} */
const MORE = {
  checklist: (f, a) => {
    const count = all(f, a, 2).filter(truth).length;
    const [least, most] = [int32(number(a[0](f))), int32(number(a[1](f)))];
    return (least < 0 || count >= least) && (most < 0 || count <= most);
  },
  'weighted-checklist': (f, a) => {
    const sum = weights(f, a);
    return sum >= number(a[0](f)) && sum <= number(a[1](f));
  },
  'indexed-repeat': indexedRepeat,
  randomize: (f, a) => {
    const v = a[0](f);
    if (!(v instanceof Nodes)) return v;
    const drawn = a.length > 1 ? null : random(f);
    return new Nodes(drawn ? shuffle(v.items, () => drawn.fraction()) : shuffled(v.items, a[1](f)), v.kind);
  },
  translate: (f, a) => translate(text(a[0](f)), text(a[1](f)), text(a[2](f))),
  regex: (f, a) => matches(text(a[0](f)), text(a[1](f))),
  digest: (f, a) => digest(text(a[0](f)), text(a[1](f)), a[2] ? text(a[2](f)) : 'base64'),
  'base64-decode': (f, a) => base64Decode(text(a[0](f))),
  uuid: (f, a) => (a.length ? random(f).letters(int32(number(a[0](f)))) : random(f).uuid()),
  random: (f) => random(f).fraction(),
  'jr:itext': (f, a) => f.env.tables.table('jr:itext')?.lookup('name', text(a[0](f)), 'label') ?? '',
  property: (f, a) => f.env.tables.table('jr:property')?.lookup('name', text(a[0](f)).toLowerCase(), 'label') ?? '',
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
  area: areaOf,
  'enclosed-area': areaOf,
  distance: (f, a) => {
    const first = a[0](f);
    const points = a.length > 1 ? a.map((run) => point(text(run(f)))) :
      first instanceof Nodes ? earth.pointsOf(first.items) : earth.points(text(first));
    return !points || points.includes(null) ? NaN : earth.distance(/** @type {number[][]} */ (points));
  },
  geofence: (f, a) => {
    const at = point(text(a[0](f)));
    const shape = nodes(a[1], f);
    const line = shape && earth.pointsOf(shape.items);
    return at !== null && line ? earth.isInside(at, line) : false;
  },
};
Object.assign(FUNCTIONS, MORE);
