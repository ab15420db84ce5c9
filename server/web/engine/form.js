// A compiled form (docs/ENGINE.md, "Compiled form") made ready: rules as functions, what follows from
// what (shared/src/form/fill/recalculate.rs, instance.rs).
import { expression, rowFilter } from './expression.js';
import { Table } from './tree.js';

/** @typedef {import('./expression.js').Run} Run */
/** @typedef {import('./expression.js').Tree} Tree */
/** @typedef {null | string | (string | Tree[])[]} Words a text in one language */
/** @typedef {'relevant' | 'required' | 'read_only' | 'calculation'} StepKind */
/**
 * @typedef {object} FieldJson
 * @property {string} name
 * @property {string} type
 * @property {string} data
 * @property {number} [parent]
 * @property {{table: string, value: string, label: string}} [choices]
 * @property {boolean} [randomize]
 * @property {Words[]} [label]
 * @property {Words[]} [hint]
 * @property {Words[]} [guidance]
 * @property {Words[]} [constraint_message]
 * @property {Words[]} [required_message]
 * @property {Record<string, Words[]>} [media]
 * @property {Tree} [relevant]
 * @property {Tree} [constraint]
 * @property {Tree} [required]
 * @property {Tree} [read_only]
 * @property {Tree} [calculation]
 * @property {Tree} [choice_rows]
 * @property {Tree} [repeat_count]
 * @property {Tree} [seed]
 * @property {Tree} [dynamic_default]
 * @property {string} [default]
 * @property {number[]} [triggers]
 * @property {string} [save_to]
 * @property {string} [appearance]
 * @property {Record<string, string>} [parameters]
 * @property {[string, string][]} [attributes] of its element in a submission
 */
/**
 * @typedef {object} FormJson
 * @property {string} id
 * @property {string} [version]
 * @property {string} [title]
 * @property {string[]} [languages]
 * @property {{namespaces?: [string, string][], attributes?: [string, string][]}} [settings]
 * @property {FieldJson[]} fields
 * @property {{name: string, choices: {name: string, label?: Words[], media?: Record<string, Words[]>, others?: Record<string, string>}[]}[]} [lists]
 * @property {string[]} [media]
 * @property {{id: string, file?: string}[]} [externals]
 * @property {{list: string, label?: Tree, id?: Tree, create_if?: Tree, update_if?: Tree}} [entity]
 * @property {{steps?: [StepKind, number][], readers?: number[][], next?: number[][]}} work
 */

const QUESTIONS = new Set(('text integer decimal range date time datetime select_one select_multiple rank acknowledge ' +
  'barcode geopoint geotrace geoshape image audio video file').split(' '));
const FILES = new Set('image audio video file background-audio audit'.split(' '));

/** A field of the form, with its rules as functions. */
export class Field {
  /** @param {FieldJson} json @param {number} number @param {Field | null} parent */
  constructor(json, number, parent) {
    this.json = json;
    this.number = number;
    this.name = json.name;
    this.type = json.type;
    this.data = json.data;
    this.parent = parent;
    /** @type {Field[]} */
    this.children = [];
    /** What it is in and itself, root first. @type {Field[]} */
    this.chain = parent ? [...parent.chain, this] : [this];
    this.path = `${parent?.path ?? ''}/${json.name}`;
    this.isQuestion = QUESTIONS.has(json.type);
    this.isRepeat = json.type === 'repeat';
    this.isGroup = this.isRepeat || json.type === 'group' || json.type === 'entity';
    this.namesFile = FILES.has(json.type);
    /** It or something in it is for people to see. */
    this.isSeen = this.isQuestion || json.type === 'note' || this.isRepeat;
    for (let up = parent; up && this.isSeen; up = up.parent) up.isSeen = true;
    this.relevant = rule(json.relevant);
    this.constraint = rule(json.constraint);
    this.required = rule(json.required);
    this.read_only = rule(json.read_only);
    this.calculation = rule(json.calculation);
    this.dynamicDefault = rule(json.dynamic_default);
    this.choiceRows = rule(json.choice_rows);
    this.seed = rule(json.seed);
    this.rowFilter = json.choice_rows ? rowFilter(json.choice_rows) : null;
    /** The innermost repeat it stands in, itself included. @type {Field | null} */
    this.repeat = this.isRepeat ? this : (parent?.repeat ?? null);
    /** The field that says how many instances there are. @type {Field | null} */
    this.count = null;
    /** Fields whose calculation its change triggers. @type {Field[]} */
    this.triggered = [];
    // `meta` and what is in it belong to OpenRosa's namespace.
    const meta = (parent?.parent === null && json.name === 'meta' && json.type === 'group') || /^(instance(ID|Name)|audit)$/.test(json.type);
    this.element = meta ? `orx:${json.name}` : json.name;
  }

  /** True if it is this field or is in it. @param {Field} field */
  isIn(field) {
    return this.chain[field.chain.length - 1] === field;
  }
}

/** @param {Tree} tree @returns {Run | null} */
export const rule = (tree) => (tree === undefined ? null : expression(tree));

/** The field that a path without choice means, seen from another field. @param {Tree} tree @param {Field} from @param {Field} root @returns {Field | null} */
function fieldAt([head, start, steps], from, root) {
  if (head !== 'path' || Array.isArray(start)) return null;
  let at = /** @type {Field | null} */ (start === '/' ? root : from);
  for (const step of start === '/' ? steps.slice(1) : steps) {
    const test = typeof step === 'string' ? step : step[0];
    if (test === '..') at = at?.parent ?? null;
    else if (test !== '.') at = at?.children.find((c) => c.name === test) ?? null;
  }
  return at;
}

/** A text in a language: the first one that has it where that one has not. @param {Words[] | undefined} words @param {number} language @returns {Words} */
export const wordsIn = (words, language) => words?.[language] || words?.find(Boolean) || '';

/** A form ready to be filled, any number of times. */
export class Form {
  /** @param {FormJson} json */
  constructor(json) {
    this.json = json;
    this.id = json.id;
    this.version = json.version ?? '';
    this.title = json.title ?? '';
    this.languages = json.languages ?? [];
    this.media = json.media ?? [];
    /** @type {Field[]} */
    this.fields = [];
    for (const field of json.fields) {
      const parent = field.parent === undefined ? null : this.fields[field.parent];
      const made = new Field(field, this.fields.length, parent);
      parent?.children.push(made);
      this.fields.push(made);
    }
    for (const field of this.fields) {
      for (const trigger of field.json.triggers ?? []) this.fields[trigger].triggered.push(field);
      if (field.json.repeat_count) field.count = fieldAt(field.json.repeat_count, field, this.fields[0]);
    }
    this.isCounted = this.fields.some((f) => f.json.repeat_count);
    const { steps = [], readers = [], next = [] } = json.work;
    this.steps = steps.map(([kind, field]) => ({ kind, field: this.fields[field] }));
    this.readers = readers;
    this.next = next;
    /** @type {Map<string, unknown>} */
    this.known = new Map();
    const { label, id, create_if, update_if } = json.entity ?? {};
    this.entity = json.entity ? { list: json.entity.list, label: rule(label), id: rule(id), createIf: rule(create_if), updateIf: rule(update_if) } : null;
  }

  /** @template T @param {string} key @param {() => T} make @returns {T} */
  once(key, make) {
    if (!this.known.has(key)) this.known.set(key, make());
    return /** @type {T} */ (this.known.get(key));
  }

  /** Its lists of choices as tables, with labels in a language. @param {number} language @returns {Record<string, Table>} */
  lists(language) {
    return this.once(`l${language}`, () => Object.fromEntries((this.json.lists ?? []).map((list) => {
      const others = [...new Set(list.choices.flatMap((c) => Object.keys(c.others ?? {})))].sort();
      const rows = list.choices.map((c) => [c.name, plain(wordsIn(c.label, language)), ...others.map((o) => c.others?.[o] ?? '')]);
      return [list.name, new Table(['name', 'label', ...others], rows)];
    })));
  }

  /** These steps and all that follow from them, in order. @param {number[]} roots */
  closure(roots) {
    const found = new Set(roots);
    for (const k of found) for (const n of this.next[k]) found.add(n);
    return [...found].sort((a, b) => a - b);
  }

  /** What a change of a field makes necessary, in order. @param {Field} field */
  updates(field) {
    return this.once(`u${field.number}`, () => this.closure(this.readers[field.number] ?? []));
  }

  /** What is worked out in a new instance of a repeat. @param {Field} repeat */
  within(repeat) {
    return this.once(`w${repeat.number}`, () =>
      this.closure([...this.steps.keys()].filter((k) => this.steps[k].field.isIn(repeat))));
  }

  /** The steps that the number of a repeat's instances makes necessary in every instance: those within that read it (`position(..)`), or read what is outside and reads it (`count(…)`). @param {Field} repeat */
  concernsAll(repeat) {
    return this.once(`c${repeat.number}`, () => {
      const readers = this.readers[repeat.number] ?? [];
      const found = new Set(readers.filter((k) => this.steps[k].field.isIn(repeat)));
      const sources = new Set();
      for (const k of this.closure(readers)) {
        const { field } = this.steps[k];
        const inside = field !== repeat && field.isIn(repeat);
        if (inside && !found.has(k) && !sources.has(k)) continue;
        if (inside) found.add(k);
        for (const n of this.next[k]) sources.add(n);
      }
      return found;
    });
  }
}

/** A text without the values it shows. @param {Words} words */
const plain = (words) => (Array.isArray(words) ? words.filter((w) => typeof w === 'string').join('') : (words ?? ''));
