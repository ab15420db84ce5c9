// The answers and all that follows from them: relevance, calculations, repeats, in JavaRosa's order of
// work, step for step (shared/src/form/fill/).
import { canonical, isOffered, words } from './choices.js';
import { Moment, dateText, local, momentText } from './dates.js';
import { Frame } from './expression.js';
import { decimal } from './number.js';
import { Element, Tables } from './tree.js';
import { stored, truth } from './value.js';

/** @typedef {import('./form.js').Field} Field */
/** @typedef {import('./expression.js').Run} Run */
/** @typedef {(Element | {field: number})[]} Anchor where a change happened, root first: nodes, or the field of one that is gone */

const GOLDEN = 0x9e3779b97f4a7c15n;
const MAX_DEPTH = 32;
const MAX_COUNTED = 200;
const MAX_WALKS = 20;

export class Answers {
  /** @param {import('./form.js').Form} form @param {import('./filling.js').Options} options */
  constructor(form, options) {
    this.form = form;
    this.clock = options.clock;
    this.entropy = options.entropy;
    this.keys = 0;
    /** Evaluations so far: each has other random numbers. */
    this.evaluations = 0;
    this.drawn = 0;
    this.depth = 0;
    this.root = this.make(form.fields[0], null);
    const { id, version, json } = form;
    this.root.attributes = { ...Object.fromEntries(json.settings?.attributes ?? []), ...this.root.attributes, id, version };
    this.context = this.root;
    this.env = {
      root: this.root,
      tables: new Tables({ ...options.tables, ...form.lists(0) }),
      now: this.time(),
      formVersion: version,
      draw: () => this.draw(),
    };
  }

  time() {
    return local(this.clock()) ?? new Moment(0);
  }

  /** @returns {[bigint, ...number[]]} */
  draw() {
    return [this.entropy + GOLDEN * BigInt(this.evaluations), this.context.key, this.drawn++];
  }

  /** An empty filling with the values a phone puts in by itself. @param {Record<string, string>} known by type of field */
  start(known) {
    this.addChildren(this.root, this.form.fields[0], false);
    const { now } = this.env;
    /** @type {Record<string, string>} */
    const values = { ...known, start: momentText(now), today: dateText(now) };
    for (const field of this.form.fields) {
      if (values[field.type] === undefined) continue;
      for (const node of this.everywhere(field)) node.text = values[field.type];
    }
    const dynamic = this.form.fields.filter((f) => f.dynamicDefault);
    for (const field of [...dynamic.filter((f) => !f.repeat), ...dynamic.filter((f) => f.repeat)]) {
      for (const node of this.everywhere(field)) this.putDefault(node, field);
    }
    this.settle();
  }

  /** Works out everything. */
  settle() {
    for (const k of this.form.steps.keys()) this.take(k, []);
    this.walk();
  }

  // Expressions

  /** @param {Run} run @param {Element} node */
  evaluate(run, node) {
    this.context = node;
    this.drawn = 0;
    return run(new Frame(this.env, node, node, 0));
  }

  /** @param {Run} run @param {Element} node */
  holds(run, node) {
    this.evaluations++;
    return truth(this.evaluate(run, node));
  }

  /** @param {Run | null} run @param {Element} node @param {string} data */
  computed(run, node, data) {
    this.evaluations++;
    return run ? stored(this.evaluate(run, node), data) : '';
  }

  // What follows from a change

  /** @param {Element} node */
  fieldOf(node) {
    return this.form.fields[node.field];
  }

  /** @param {Element} node @param {Field} field */
  childrenOf(node, field) {
    return node.children.filter((c) => c.field === field.number);
  }

  /** The nodes of a field in the repeat instances that the anchor stands in. @param {Field} field @param {Anchor} anchor */
  reached(field, anchor) {
    let nodes = [this.root];
    let shared = true;
    for (let depth = 1; depth < field.chain.length; depth++) {
      const step = field.chain[depth];
      const at = anchor[depth];
      shared &&= at?.field === step.number;
      if (shared) nodes = at instanceof Element ? [at] : [];
      else nodes = nodes.length === 1 ? this.childrenOf(nodes[0], step) : nodes.flatMap((n) => this.childrenOf(n, step));
    }
    return nodes;
  }

  /** @param {Field} field */
  everywhere(field) {
    return this.reached(field, []);
  }

  /** @param {Element} node @param {boolean} other its value is not the one before */
  changed(node, other) {
    for (const k of this.form.updates(this.fieldOf(node))) this.take(k, node.lineage);
    if (other) this.valueChanged(node);
  }

  /** @param {number} k a step @param {Anchor} anchor */
  take(k, anchor) {
    const { kind, field } = this.form.steps[k];
    const run = field[kind];
    if (!run) return;
    for (const node of this.reached(field, anchor)) {
      if (kind === 'relevant') node.show(this.holds(run, node));
      else if (kind === 'required') node.required = this.holds(run, node);
      else if (kind === 'read_only') node.locked = this.holds(run, node);
      else node.text = this.computed(run, node, field.data);
    }
  }

  /** Runs what waits for a change of this node's field. Only a question's change is an event. @param {Element} node */
  valueChanged(node) {
    const trigger = this.fieldOf(node);
    if (!trigger.isQuestion || !node.parent || this.depth >= MAX_DEPTH) return;
    this.depth++;
    for (const field of trigger.triggered) {
      // JavaRosa has no way to reach several instances: it stops with an error.
      const [target] = this.reached(field, node.parent.lineage);
      if (target) this.put(target, field, this.computed(field.calculation, target, field.data));
    }
    this.depth--;
  }

  /** The value goes in as if a person had given it. @param {Element} node @param {Field} field @param {string} value */
  put(node, field, value) {
    const text = canonical(field, value) ?? value;
    const other = node.text !== text;
    if (other) {
      node.text = text;
      node.emptied = false;
    }
    this.changed(node, other);
  }

  /** @param {Element} node @param {Field} field */
  putDefault(node, field) {
    this.put(node, field, this.computed(field.dynamicDefault, node, field.data));
  }

  // Nodes coming into being and going away

  /** @param {Field} field @param {Element | null} parent @param {number} place */
  make(field, parent, place = Infinity) {
    const node = new Element(field.name, parent, field.number, this.keys++);
    parent?.children.splice(place, 0, node);
    const { default: written = '', attributes } = field.json;
    if (attributes) node.attributes = Object.fromEntries(attributes);
    // A default that is not of its type stays as it is.
    node.text = canonical(field, written) ?? written;
    return node;
  }

  /** A repeat directly in a new instance begins without instances, others with one. @param {Element} parent @param {Field} field @param {boolean} isNew */
  addChildren(parent, field, isNew) {
    for (const child of field.children) {
      if (!child.isRepeat || !isNew) this.addChildren(this.make(child, parent), child, false);
    }
  }

  /** Where the next instance stands: after its like; the first one before the fields that follow the repeat, but at the end within another repeat. @param {Element} parent @param {Field} repeat */
  place(parent, repeat) {
    const fields = parent.children.map((c) => c.field);
    const last = fields.lastIndexOf(repeat.number);
    if (last >= 0) return last + 1;
    const next = this.fieldOf(parent).repeat ? -1 : fields.findIndex((f) => f > repeat.number);
    return next < 0 ? Infinity : next;
  }

  /** @param {Element} parent @param {Field} repeat */
  wouldBeRelevant(parent, repeat) {
    if (!repeat.relevant) return true;
    const node = this.make(repeat, parent, this.place(parent, repeat));
    const holds = this.holds(repeat.relevant, node);
    node.detach();
    return holds;
  }

  /** One more instance of a repeat, and everything that its coming makes necessary. @param {Element} parent @param {Field} repeat */
  create(parent, repeat) {
    const node = this.make(repeat, parent, this.place(parent, repeat));
    this.addChildren(node, repeat, true);
    for (const field of this.form.fields) {
      if (!field.dynamicDefault || field.repeat !== repeat || field === repeat) continue;
      for (const n of this.reached(field, node.lineage)) this.putDefault(n, field);
    }
    const done = this.numberChanged(repeat, node.lineage);
    for (const k of this.form.within(repeat)) {
      this.take(k, node.lineage);
      done.add(k);
    }
    for (const child of [...node.children]) this.follow(this.fieldOf(child), child.lineage, done);
    return node;
  }

  /** Takes an instance away. What read it is worked out where it stood: for the one that moves up. @param {Element} node */
  remove(node) {
    const { parent } = node;
    if (!parent) return;
    const repeat = this.fieldOf(node);
    const place = node.position - 1;
    const below = node.children.map((c) => ({ field: this.fieldOf(c), place: c.position - 1 }));
    node.detach();
    const moved = /** @type {Element | undefined} */ (this.childrenOf(parent, repeat)[place]);
    const anchor = [...parent.lineage, moved ?? { field: repeat.number }];
    const done = this.numberChanged(repeat, anchor);
    for (const { field, place } of below) {
      const like = moved && this.childrenOf(moved, field)[place];
      this.follow(field, [...anchor, like ?? { field: field.number }], done);
    }
  }

  /** What the number of a repeat's instances makes necessary; the steps taken. @param {Field} repeat @param {Anchor} anchor */
  numberChanged(repeat, anchor) {
    const all = this.form.concernsAll(repeat);
    const steps = this.form.updates(repeat);
    for (const k of steps) this.take(k, all.has(k) ? [] : anchor);
    return new Set(steps);
  }

  /** @param {Field} field @param {Anchor} anchor @param {Set<number>} done */
  follow(field, anchor, done) {
    for (const k of this.form.updates(field)) if (!done.has(k)) this.take(k, anchor);
  }

  /** Counted repeats get as many instances as their count says, in the form's order; none is ever taken away. */
  walk() {
    if (!this.form.isCounted) return;
    for (let i = 0; i < MAX_WALKS && this.walkBelow(this.root); i++);
  }

  /** @param {Element} node @returns {boolean} */
  walkBelow(node) {
    let grown = false;
    for (const child of this.fieldOf(node).children) {
      if (!child.isGroup) continue;
      for (let n = 0; ; n++) {
        let instance = /** @type {Element | undefined} */ (this.childrenOf(node, child)[n]);
        if (!instance) {
          if (!this.grows(node, child, n)) break;
          grown = true;
          instance = this.create(node, child);
        }
        grown = this.walkBelow(instance) || grown;
      }
    }
    return grown;
  }

  /** @param {Element} parent @param {Field} repeat @param {number} n */
  grows(parent, repeat, n) {
    const [count] = repeat.count ? this.reached(repeat.count, parent.lineage) : [];
    // What the count says, be it relevant or not.
    const wanted = count ? Math.floor(decimal(count.text.trim())) : 0;
    return n < Math.min(MAX_COUNTED, wanted) && parent.shown && this.wouldBeRelevant(parent, repeat);
  }

  // Answers given

  /** True if a rule or the kind of field forbids to answer; what holds for a group holds within. @param {Element} node */
  isLocked(node) {
    return /^(note|instanceID)$/.test(this.fieldOf(node).type) || node.lineage.some((n) => n.locked);
  }

  /** @param {Element} node */
  isBlank(node) {
    return node.text === '' && !node.emptied;
  }

  /** What becomes of an answer. @param {Element} node @param {string} value @returns {string} */
  answer(node, value) {
    const field = this.fieldOf(node);
    if (!node.shown || !(field.isQuestion || field.type === 'note')) return 'unasked';
    if (this.isLocked(node)) return 'readonly';
    // Whoever shows choices takes away what is no longer among them.
    if (value) this.dropUnoffered(node, field);
    const text = canonical(field, value);
    if (text === null) return 'type';
    if (!isOffered(this, node, field, text)) return 'choice';
    if (!text && node.required) return 'required';
    const before = node.text;
    if (!text && this.isBlank(node)) return 'ok';
    node.text = text;
    if (text && field.constraint && !this.holds(field.constraint, node)) {
      node.text = before;
      return 'constraint';
    }
    node.emptied = false;
    this.changed(node, text !== before);
    this.walk();
    return 'ok';
  }

  /** Takes choices away that are no longer offered. True when nothing of several is left; the one of a list goes without anybody noticing. @param {Element} node @param {Field} field */
  dropUnoffered(node, field) {
    if (!node.text || !field.json.choices) return false;
    const kept = words(node.text).filter((v) => isOffered(this, node, field, v)).join(' ');
    if (kept === node.text) return false;
    node.text = kept;
    const gone = !kept && field.type !== 'select_one';
    node.emptied ||= gone;
    return gone;
  }

  /** Every question is answered once more with the answer it has, and what follows from that is worked out. @param {Element} node @param {(node: Element, code: string) => void} object */
  validate(node, object) {
    if (!node.relevant) return;
    const field = this.fieldOf(node);
    if (field.isQuestion || field.type === 'note') {
      const gone = this.dropUnoffered(node, field);
      if (this.isBlank(node)) node.required && object(node, 'required');
      else if (field.constraint && !this.holds(field.constraint, node)) object(node, 'constraint');
      else this.changed(node, gone);
    }
    // In the form's order: an instance that came late may stand elsewhere in the tree.
    for (const child of field.children) {
      for (let k = 0; ; k++) {
        const instance = /** @type {Element | undefined} */ (this.childrenOf(node, child)[k]);
        if (!instance) break;
        this.validate(instance, object);
      }
    }
  }
}
