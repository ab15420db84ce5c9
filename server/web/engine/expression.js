// Expressions: trees of the compiled form's JSON made into functions (shared/src/expr/eval.rs,
// walk.rs). Evaluation never fails: what cannot be worked out is blank or not a number.
import { FUNCTIONS } from './functions.js';
import { Element, Row, Table, children } from './tree.js';
import { Nodes, atom, equal, number, text, truth } from './value.js';

/** @typedef {import('./value.js').Value} Value */
/** @typedef {import('./value.js').Kind} Kind */
/** @typedef {any} Tree an expression as docs/ENGINE.md describes it */
/** @typedef {(frame: Frame) => Value} Run */
/**
 * @typedef {object} Env what an expression is evaluated against
 * @property {Element} root the answers
 * @property {import('./tree.js').Tables} tables
 * @property {import('./dates.js').Moment} now
 * @property {() => [bigint, ...number[]]} draw what fresh random numbers are made of
 * @property {string} formVersion
 */
/** @typedef {{run: Run, kind: Kind, counts: boolean, column: string | null, wanted: Run | null}} Predicate */
/** @typedef {{test: string, predicates: Predicate[]}} Step */

/** Where evaluation stands: inside a predicate, `here` is the candidate and `current` stays. */
export class Frame {
  /** @param {Env} env @param {any} here @param {Element} current @param {number} position 0 outside of predicates */
  constructor(env, here, current, position) {
    this.env = env;
    this.here = here;
    this.current = current;
    this.position = position;
  }
}

/** @type {Record<string, (a: Run, b: Run) => Run>} */
const OPERATORS = {
  or: (a, b) => (f) => truth(a(f)) || truth(b(f)),
  and: (a, b) => (f) => truth(a(f)) && truth(b(f)),
  '=': (a, b) => (f) => equal(a(f), b(f)),
  '!=': (a, b) => (f) => !equal(a(f), b(f)),
  '<': (a, b) => (f) => number(a(f)) < number(b(f)),
  '<=': (a, b) => (f) => number(a(f)) <= number(b(f)),
  '>': (a, b) => (f) => number(a(f)) > number(b(f)),
  '>=': (a, b) => (f) => number(a(f)) >= number(b(f)),
  '+': (a, b) => (f) => number(a(f)) + number(b(f)),
  '-': (a, b) => (f) => number(a(f)) - number(b(f)),
  '*': (a, b) => (f) => number(a(f)) * number(b(f)),
  div: (a, b) => (f) => number(a(f)) / number(b(f)),
  mod: (a, b) => (f) => number(a(f)) % number(b(f)),
};

/** The function of a tree. @param {Tree} tree @returns {Run} */
export function expression(tree) {
  if (!Array.isArray(tree)) return () => tree;
  const [head, a, b] = tree;
  switch (head) {
    case 'number': return () => Number(a);
    case 'path': return path(tree);
    case 'neg': {
      const inner = expression(a);
      return (f) => -number(inner(f));
    }
    case 'call': {
      const trees = tree.slice(2);
      const args = trees.map(expression);
      const call = FUNCTIONS[a];
      return call ? (f) => call(f, args, trees) : () => '';
    }
  }
  return OPERATORS[head](expression(a), expression(b));
}

/** The static type; branches that disagree, other than by a blank text, have none. @param {Tree} tree @returns {Kind} */
export function kindOf(tree) {
  if (!Array.isArray(tree)) return typeof tree === 'number' ? 'number' : 'text';
  const [head, name, ...args] = tree;
  if (head === 'path') return tree[3];
  if (head !== 'call') return /[=<>]|^(or|and)$/.test(head) ? 'boolean' : 'number';
  switch (name) {
    case 'if': return agreed(args[1], args[2]);
    case 'coalesce': return agreed(args[0], args[1]);
    case 'once': case 'indexed-repeat': case 'depend': case 'randomize': return kindOf(args[0]);
  }
  if (/^(true|false|not|boolean.*|.*checklist|(is-)?selected|contains|(starts|ends)-with|regex|geofence)$/.test(name)) return 'boolean';
  if (/^(today|now|date|date-time)$/.test(name)) return 'date';
  const texts = /^(selected-at|jr:.*|pulldata|string|concat|join|substr.*|normalize-space|translate|digest|base64-decode|uuid|version|property|format-.*)$/;
  return texts.test(name) ? 'text' : 'number';
}

/** @param {Tree} a @param {Tree} b */
function agreed(a, b) {
  const [x, y] = [kindOf(a), kindOf(b)];
  return x === y || b === '' ? x : a === '' ? y : undefined;
}

/** True if the value is the same for every row of a table. @param {Tree} tree @returns {boolean} */
function isFree(tree) {
  if (!Array.isArray(tree)) return true;
  const [head, name, ...args] = tree;
  if (head === 'path') return name !== '.';
  if (head !== 'call') return tree.slice(1).every(isFree);
  if (/^(position|once|random|uuid|randomize)$/.test(name)) return false;
  return (args.length > 0 || !/^(string-length|normalize-space)$/.test(name)) && args.every(isFree);
}

/** Calls `see` on every call within. @param {Tree} tree @param {(name: string) => void} see */
function calls(tree, see) {
  if (!Array.isArray(tree)) return;
  if (tree[0] === 'call') see(tree[1]);
  for (const part of tree) calls(part, see);
}

/** @param {Tree} tree @returns {Predicate} */
function predicate(tree) {
  let counts = kindOf(tree) === 'number';
  calls(tree, (name) => (counts ||= name === 'position'));
  const [column, wanted] = indexed(tree) ?? [null, null];
  return { run: expression(tree), kind: kindOf(tree), counts, column, wanted: wanted === null ? null : expression(wanted) };
}

/** The column that has to be equal to something, when a predicate says so: a table finds those rows by an index. @param {Tree} tree @returns {[string, Tree] | null} */
function indexed(tree) {
  if (!Array.isArray(tree)) return null;
  const [head, a, b] = tree;
  if (head === 'and') return indexed(a) ?? indexed(b);
  if (head !== '=') return null;
  for (const [cell, wanted] of [[a, b], [b, a]]) {
    const [is, start, steps, kind] = Array.isArray(cell) ? cell : [];
    const plain = is === 'path' && start === '.' && steps.length === 1 && /^[^.*@]/.test(steps[0]);
    if (plain && typeof steps[0] === 'string' && (!kind || kind === 'text') && isFree(wanted)) return [steps[0], wanted];
  }
  return null;
}

/** @param {Tree} tree @returns {Run} */
function path([, start, written, kind]) {
  /** @type {Step[]} */
  const steps = written.map((/** @type {any} */ step) =>
    typeof step === 'string' ? { test: step, predicates: [] } : { test: step[0], predicates: step.slice(1).map(predicate) });
  switch (start) {
    case '.': return (f) => new Nodes(along([f.here], steps, 0, f), kind);
    case 'current': return (f) => new Nodes(along([f.current], steps, 0, f), kind);
    case '/': return (f) => new Nodes(absolute(steps, f), kind);
  }
  return (f) => {
    const document = f.env.tables.document(start[1]);
    return new Nodes(document ? along([document], steps, 0, f) : [], kind);
  };
}

/** @param {any[]} nodes @param {Step[]} steps @param {number} from @param {Frame} f */
export function along(nodes, steps, from, f) {
  for (let i = from; i < steps.length; i++) nodes = step(nodes, steps[i], f);
  return nodes.every((n) => n.shown !== false) ? nodes : nodes.filter((n) => n.shown !== false);
}

/** A path from the root means the repeat instances that the context stands in; a predicate on a step lifts that for the step. @param {Step[]} steps @param {Frame} f */
function absolute(steps, f) {
  const { root } = f.env;
  /** @param {Step} s @param {Element} e */
  const fits = (s, e) => s.test === e.name || s.test === '*';
  if (!steps.length || !fits(steps[0], root)) return [];
  const up = f.here instanceof Element ? f.here.lineage : [];
  let i = 1;
  if (up[0] === root) while (i < up.length && i < steps.length && !steps[i].predicates.length && fits(steps[i], up[i])) i++;
  return along([i > 1 ? up[i - 1] : root], steps, i, f);
}

/** @param {any[]} from @param {Step} step @param {Frame} f */
function step(from, { test, predicates }, f) {
  /** @type {any[]} */
  const out = [];
  for (const node of from) {
    if (!predicates.length) {
      children(node, test, out);
      continue;
    }
    /** @type {any[]} */
    let found = [];
    const rows = node instanceof Table && test === 'item' ? equalRows(node, predicates[0], f) : null;
    if (rows) found = rows;
    else children(node, test, found);
    predicates.forEach((p, i) => (found = kept(found, p, f, rows !== null && i === 0)));
    for (const n of found) out.push(n);
  }
  return out;
}

/** The rows that may fulfil a predicate, by the table's index. @param {Table} table @param {Predicate} p @param {Frame} f */
function equalRows(table, p, f) {
  if (p.column === null || p.wanted === null || !table.rows.length) return null;
  const wanted = atom(p.wanted(new Frame(f.env, table.item(0), f.current, 0)));
  if (typeof wanted === 'number' || typeof wanted === 'boolean') return null;
  return table.rowsWith(p.column, text(wanted)).map((at) => table.item(at));
}

/** JavaRosa keeps nothing by a text or by nodes, whatever they are. @param {any[]} found @param {Predicate} p @param {Frame} f @param {boolean} some not all rows are here */
function kept(found, p, f, some) {
  const inner = new Frame(f.env, null, f.current, 0);
  return found.filter((n, i) => {
    inner.here = n;
    inner.position = some ? n.at + 1 : i + 1;
    const v = p.run(inner);
    return v === true || v === inner.position;
  });
}

/** Says of one row whether a path `instance('…')/root/item[…]` has it; null when that cannot be said of one row alone. @param {Tree} tree @returns {((row: Row, f: Frame) => boolean | null) | null} */
export function rowFilter(tree) {
  const [head, start, steps] = tree;
  if (head !== 'path' || start[0] !== 'instance' || steps.length !== 2 || steps[0] !== 'root') return null;
  const [test, ...trees] = typeof steps[1] === 'string' ? [steps[1]] : steps[1];
  if (test !== 'item') return null;
  const predicates = trees.map(predicate);
  return (row, f) => {
    for (const p of predicates) {
      if (p.counts) return null;
      const v = p.run(new Frame(f.env, row, f.current, 0));
      if (typeof v === 'number') return null;
      if (v !== true) return false;
    }
    return true;
  };
}
