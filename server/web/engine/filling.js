// A form being filled, as screens use it: README.md beside this file.
import { Answers } from './answers.js';
import { offered } from './choices.js';
import { expression } from './expression.js';
import { wordsIn } from './form.js';
import { load, restore, save, write } from './submission.js';
import { Element, Tables } from './tree.js';
import { text } from './value.js';
import { momentText } from './dates.js';
import { readXml } from './xml.js';

/** @typedef {import('./form.js').Field} Field */
/** @typedef {import('./form.js').Words} Words */
/** @typedef {{value: string, label: string, media: Record<string, string>}} Choice */
/** @typedef {{code: string, message?: string, ref?: string, key?: number}} Verdict */
/** @typedef {{ref: string, key: number, code: string, message: string, label: string}} Finding */
/**
 * @typedef {object} Options
 * @property {Record<string, import('./tree.js').Table | Element>} [tables] by id: a file's name without extension
 * @property {() => number} clock milliseconds since 1970, UTC
 * @property {bigint} entropy 64 bits
 * @property {string} [instanceID]
 * @property {Record<string, string>} [device] deviceid, username, phonenumber, email
 * @property {string} [language] code of a language of the form
 * @property {string} [edit] XML of a submission to edit
 * @property {any} [restore] what `snapshot()` gave
 */
/**
 * @typedef {object} Item
 * @property {'group' | 'repeat' | 'instance' | 'question' | 'note'} kind
 * @property {string} ref
 * @property {number} key
 * @property {number} field
 * @property {string} name
 * @property {number} depth
 * @property {string} label
 * @property {string} hint
 * @property {string} guidance
 * @property {Record<string, string>} media
 * @property {string} appearance
 * @property {Record<string, string>} parameters
 * @property {number} [count]
 * @property {boolean} [canAdd]
 * @property {number} [index]
 * @property {boolean} [canRemove]
 * @property {string} [type]
 * @property {string} [data]
 * @property {string} [value]
 * @property {boolean} [required]
 * @property {boolean} [readonly]
 * @property {null | {code: string, message: string, value: string}} [error]
 * @property {() => Choice[]} [choices]
 */

/** @type {Record<string, [string, string]>} */
const MESSAGES = {
  constraint: ['Câu trả lời không hợp lệ.', 'The answer is not allowed.'],
  required: ['Câu này cần có câu trả lời.', 'An answer is needed here.'],
  type: ['Câu trả lời không đúng kiểu dữ liệu của câu hỏi.', "The answer is not of the question's type."],
  choice: ['Lựa chọn không có trong danh sách của câu hỏi.', 'The choice is not among those the question offers.'],
  readonly: ['Câu này không sửa được.', 'This cannot be changed.'],
  unasked: ['Câu này không được hỏi ở đây.', 'This is not asked here.'],
};

/** @type {WeakMap<object, import('./expression.js').Run>} */
const outputs = new WeakMap();

/** @param {string} code @returns {Error & {code: string}} */
const fault = (code) => Object.assign(new Error(code), { code });

export class Filling {
  /** @param {import('./form.js').Form} form @param {Options} options */
  constructor(form, options) {
    this.form = form;
    this.answers = new Answers(form, options);
    this.tables = options.tables ?? {};
    this.version = 0;
    this.deprecatedID = '';
    /** @type {Map<number, {code: string, message: string, value: string}>} */
    this.errors = new Map();
    this.place = 0;
    this.code = '';
    this.language = options.language ?? '';
    if (options.restore) this.resume(options.restore);
    else if (options.edit !== undefined) this.open(options.edit, options.instanceID ?? '');
    else this.answers.start({ ...options.device, instanceID: options.instanceID ?? '' });
  }

  /** The code of the language, as `vi`. @returns {string} */
  get language() {
    return this.code;
  }

  set language(code) {
    this.code = code;
    this.place = Math.max(0, this.form.languages.findIndex((name) => name.endsWith(`(${code})`)));
    const { form, tables, place } = this;
    this.shown = place ? new Tables({ ...tables, ...form.lists(place) }) : this.answers.env.tables;
  }

  /** @param {string} xml @param {string} instanceID of the new submission */
  open(xml, instanceID) {
    const { answers, form } = this;
    const saved = readXml(xml);
    if (!saved) throw fault('xml');
    if (saved.name !== form.fields[0].name || (saved.attributes?.id ?? form.id) !== form.id) throw fault('form');
    load(answers, answers.root, form.fields[0], saved);
    answers.settle();
    const id = this.own('instanceID');
    this.deprecatedID = id?.text ?? '';
    if (id) id.text = instanceID;
  }

  /** @param {any} draft */
  resume(draft) {
    const { answers, form } = this;
    if (draft.form !== form.id) throw fault('form');
    if (draft.version !== form.version) throw fault('version');
    this.deprecatedID = draft.deprecatedID;
    answers.entropy = BigInt(draft.entropy);
    restore(answers, answers.root, draft.nodes);
    [answers.keys, answers.evaluations] = [draft.keys, draft.evaluations];
    answers.settle();
  }

  /** All that is needed to go on later, as an object for JSON. */
  snapshot() {
    const { answers, form } = this;
    const { keys, evaluations, entropy } = answers;
    return {
      form: form.id, version: form.version, deprecatedID: this.deprecatedID,
      entropy: String(entropy), keys, evaluations, nodes: save(answers.root),
    };
  }

  // Finding nodes

  /** @param {string} type of a field outside of repeats */
  own(type) {
    const field = this.form.fields.find((f) => f.type === type);
    return field && this.answers.everywhere(field)[0];
  }

  /** The path with a place on every repeat. @param {Element} node */
  refOf(node) {
    return node.lineage.map((n) => `/${n.name}${this.answers.fieldOf(n).isRepeat ? `[${n.position}]` : ''}`).join('');
  }

  /** @param {string} ref @returns {Element | null} */
  find(ref) {
    const [, root, ...steps] = ref.split('/');
    let at = /** @type {Element | null} */ (root === this.answers.root.name ? this.answers.root : null);
    for (const step of steps) {
      const [, name, place = '1'] = /^([^[]*)(?:\[(\d+)\])?$/.exec(step) ?? [];
      at = at?.named(name)[Number(place) - 1] ?? null;
    }
    return at;
  }

  /** @param {string} ref @returns {[Element, Field] | null} the node a repeat is in, and the repeat */
  findRepeat(ref) {
    const cut = ref.lastIndexOf('/');
    const parent = this.find(ref.slice(0, cut));
    const name = ref.slice(cut + 1).replace(/\[\d+\]$/, '');
    const field = parent && this.answers.fieldOf(parent).children.find((c) => c.name === name && c.isRepeat);
    return parent && field ? [parent, field] : null;
  }

  // Texts

  /** A text in the language, with the values it shows. @param {Words[] | undefined} words @param {Element} node @returns {string} */
  say(words, node) {
    const found = wordsIn(words, this.place);
    if (!Array.isArray(found)) return found ?? '';
    const { env } = this.answers;
    const { tables } = env;
    env.tables = this.shown ?? tables;
    const said = found.map((piece) => {
      if (typeof piece === 'string') return piece;
      const run = outputs.get(piece) ?? expression(piece[0]);
      outputs.set(piece, run);
      return text(this.answers.evaluate(run, node));
    });
    env.tables = tables;
    return said.join('');
  }

  /** @param {string} code @param {Element} node */
  message(code, node) {
    const { json } = this.answers.fieldOf(node);
    const own = code === 'constraint' ? json.constraint_message : code === 'required' ? json.required_message : undefined;
    return this.say(own, node) || MESSAGES[code][this.code === 'en' ? 1 : 0];
  }

  /** @param {Record<string, Words[]> | undefined} media @param {Element} node */
  files(media, node) {
    return Object.fromEntries(Object.entries(media ?? {}).map(([kind, words]) => [kind, this.say(words, node)]));
  }

  // Reading

  /** What is to be seen, in the form's order. @param {string} [under] the ref of a group or an instance @returns {Item[]} */
  questions(under) {
    const node = under === undefined ? this.answers.root : this.find(under);
    /** @type {Item[]} */
    const out = [];
    if (node?.shown) this.list(node, 0, out);
    return out;
  }

  /** @param {Element} parent @param {number} depth @param {Item[]} out */
  list(parent, depth, out) {
    const { answers } = this;
    for (const field of answers.fieldOf(parent).children) {
      if (!field.isSeen) continue;
      const nodes = answers.childrenOf(parent, field).filter((n) => n.shown);
      if (field.isRepeat) {
        const canAdd = !field.json.repeat_count && answers.wouldBeRelevant(parent, field);
        if (!nodes.length && !canAdd) continue;
        const ref = `${this.refOf(parent)}/${field.name}`;
        out.push({ ...this.item('repeat', parent, field, depth), ref, count: nodes.length, canAdd });
      }
      for (const node of nodes) {
        out.push(this.describe(node, depth, nodes.length));
        if (field.isGroup) this.list(node, depth + 1, out);
      }
    }
  }

  /** @param {Element} node @param {number} depth @param {number} count @returns {Item} */
  describe(node, depth, count) {
    const { answers } = this;
    const field = answers.fieldOf(node);
    if (field.isRepeat) {
      return { ...this.item('instance', node, field, depth), index: node.position, count, canRemove: !field.json.repeat_count };
    }
    if (field.isGroup) return this.item('group', node, field, depth);
    return {
      ...this.item(field.type === 'note' ? 'note' : 'question', node, field, depth),
      type: field.type,
      data: field.data,
      value: node.text,
      required: node.required,
      readonly: answers.isLocked(node),
      error: this.errors.get(node.key) ?? null,
      choices: () => this.choices(node, field),
    };
  }

  /** @param {Item['kind']} kind @param {Element} node @param {Field} field @param {number} depth @returns {Item} */
  item(kind, node, field, depth) {
    const { json } = field;
    return {
      kind,
      ref: this.refOf(node),
      key: node.key,
      field: field.number,
      name: field.name,
      depth,
      label: this.say(json.label, node),
      hint: this.say(json.hint, node),
      guidance: this.say(json.guidance, node),
      media: this.files(json.media, node),
      appearance: json.appearance ?? '',
      parameters: json.parameters ?? {},
    };
  }

  /** @param {Element} node @param {Field} field @returns {Choice[]} */
  choices(node, field) {
    const table = field.json.choices?.table ?? '';
    const list = this.form.json.lists?.find((l) => l.name === table);
    return offered(this.answers, node, field, this.shown?.table(table), (row) => this.files(list?.choices[row.at].media, node));
  }

  /** @param {string} ref */
  get(ref) {
    const node = this.find(ref);
    return node?.shown ? this.describe(node, node.lineage.length - 2, this.answers.childrenOf(node.parent ?? node, this.answers.fieldOf(node)).length) : null;
  }

  /** @param {string} ref */
  value(ref) {
    return this.find(ref)?.text ?? null;
  }

  get instanceID() {
    return this.own('instanceID')?.text ?? '';
  }

  /** How this filling is called in lists. */
  name() {
    return this.own('instanceName')?.text ?? '';
  }

  /** @param {(node: Element, field: Field) => void} see every node that is shown */
  each(see) {
    /** @param {Element} node */
    const visit = (node) => {
      if (!node.shown) return;
      see(node, this.answers.fieldOf(node));
      node.children.forEach(visit);
    };
    visit(this.answers.root);
  }

  /** The files that answers name. */
  attachments() {
    /** @type {{ref: string, name: string}[]} */
    const found = [];
    this.each((node, field) => field.namesFile && node.text && found.push({ ref: this.refOf(node), name: node.text }));
    return found;
  }

  progress() {
    const found = { asked: 0, answered: 0, missing: 0 };
    this.each((node, field) => {
      if (!field.isQuestion) return;
      found.asked++;
      if (node.text) found.answered++;
      else if (node.required) found.missing++;
    });
    return found;
  }

  // Changing

  tick() {
    this.version++;
    this.answers.env.now = this.answers.time();
  }

  /** @param {string} ref @param {string} value @returns {Verdict} */
  set(ref, value) {
    this.tick();
    const node = this.find(ref);
    if (!node) return { code: 'unasked', message: MESSAGES.unasked[this.code === 'en' ? 1 : 0] };
    // What XML has no way to write could never be sent.
    const code = this.answers.answer(node, value.replace(/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff\p{Surrogate}]/gu, ''));
    this.errors.delete(node.key);
    if (code === 'ok') return { code };
    const message = this.message(code, node);
    this.errors.set(node.key, { code, message, value });
    return { code, message };
  }

  /** Puts what others found at the questions, until they are answered anew or checked. @param {{ref: string, code: string, message: string}[]} findings */
  mark(findings) {
    this.version++;
    for (const { ref, code, message } of findings) {
      const node = this.find(ref);
      if (node) this.errors.set(node.key, { code, message, value: node.text });
    }
  }

  /** Puts in what the phone finds out by itself, as `start-geopoint`. @param {string} type @param {string} value */
  give(type, value) {
    this.tick();
    for (const field of this.form.fields.filter((f) => f.type === type)) {
      for (const node of this.answers.everywhere(field)) this.answers.put(node, field, value);
    }
    this.answers.walk();
  }

  /** @param {string} ref @returns {Verdict} */
  addRepeat(ref) {
    this.tick();
    const [parent, repeat] = this.findRepeat(ref) ?? [];
    if (!parent || !repeat || !parent.shown || repeat.json.repeat_count || !this.answers.wouldBeRelevant(parent, repeat)) {
      return { code: 'unasked', message: this.message('unasked', this.answers.root) };
    }
    const node = this.answers.create(parent, repeat);
    this.answers.walk();
    return { code: 'ok', ref: this.refOf(node), key: node.key };
  }

  /** @param {string} ref @returns {Verdict} */
  removeRepeat(ref) {
    this.tick();
    const node = this.find(ref);
    const field = node && this.answers.fieldOf(node);
    const code = !node?.shown || !field?.isRepeat ? 'unasked' : field.json.repeat_count ? 'readonly' : 'ok';
    if (code !== 'ok' || !node) return { code, message: this.message(code, this.answers.root) };
    this.answers.remove(node);
    this.answers.walk();
    return { code };
  }

  // The end

  /** What still stands in the way, in order. @returns {Finding[]} */
  check() {
    this.tick();
    /** @type {[Element, string][]} */
    const found = [];
    this.answers.validate(this.answers.root, (node, code) => found.push([node, code]));
    this.errors.clear();
    return found.map(([node, code]) => {
      const message = this.message(code, node);
      this.errors.set(node.key, { code, message, value: node.text });
      return { ref: this.refOf(node), key: node.key, code, message, label: this.say(this.answers.fieldOf(node).json.label, node) };
    });
  }

  /** @returns {{code: 'ok', xml: string} | {code: 'findings', findings: Finding[]}} */
  finish() {
    const findings = this.check();
    if (findings.length) return { code: 'findings', findings };
    for (const field of this.form.fields) {
      const value = field.type === 'end' ? momentText(this.answers.env.now) : field.type === 'audit' ? 'audit.csv' : null;
      if (value !== null) for (const node of this.answers.everywhere(field)) node.text = value;
    }
    return { code: 'ok', xml: this.xml() };
  }

  /** The submission as the answers stand, whatever is still missing. */
  xml() {
    return write(this.answers, this.deprecatedID);
  }
}
