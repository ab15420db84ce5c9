// Answers out and in: the submission's XML as JavaRosa writes it (shared/src/form/fill/serialize.rs,
// attributes.rs), a submission to edit, a draft to go on with.
import { FUNCTIONS } from './functions.js';
import { Element } from './tree.js';
import { stored } from './value.js';
import { attribute, escaped, inJavasOrder } from './xml.js';

/** @typedef {import('./answers.js').Answers} Answers */
/** @typedef {import('./form.js').Field} Field */
/** @typedef {import('./expression.js').Run | null} Rule */
/** @typedef {[field: number, key: number, text: string, flags: number, children: Saved[], entity?: string]} Saved a node of a draft */

const NAMESPACES = /** @type {[string, string][]} */ ([
  ['h', 'http://www.w3.org/1999/xhtml'],
  ['jr', 'http://openrosa.org/javarosa'],
  ['orx', 'http://openrosa.org/xforms'],
  ['odk', 'http://www.opendatakit.org/xforms'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema'],
]);
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}._-]*$/u;

/** The namespaces of a form's submissions, each prefix once. @param {Answers} answers */
function declared({ form }) {
  const all = [...NAMESPACES];
  if (form.entity || form.fields.some((f) => f.json.save_to)) all.push(['entities', 'http://www.opendatakit.org/xforms/entities']);
  for (const [prefix, address] of form.json.settings?.namespaces ?? []) {
    if (NAME.test(prefix) && !prefix.startsWith('xml') && !all.some(([p]) => p === prefix)) all.push([prefix, address]);
  }
  return all;
}

/** Irrelevant nodes are left out, blank ones kept empty. @param {Answers} answers @param {string} deprecated the id of the submission it replaces; '' for none */
export function write(answers, deprecated) {
  const { form, root } = answers;
  const namespaces = declared(answers);
  /** An author's own attributes, without those that would break the document. @param {[string, string][]} [own] @returns {[string, string][]} */
  const legal = (own = []) => own.filter(([key]) => {
    const [name, prefix] = key.split(':').reverse();
    return NAME.test(name) && (prefix === undefined ? key !== 'xmlns' : namespaces.some(([p]) => p === prefix));
  });
  /** @param {Element} node @returns {Iterable<[string, string]>} */
  const attributes = (node) => {
    const { json, type } = answers.fieldOf(node);
    if (type === 'entity') return [...(json.attributes ?? []), ...entity(answers, node)];
    const head = node === root ? [...legal(form.json.settings?.attributes), ['id', form.id], ['version', form.version]] : [];
    return new Map(/** @type {[string, string][]} */ ([...head, ...legal(json.attributes)]));
  };
  /** @param {Element} node @returns {string} */
  const element = (node) => {
    if (!node.relevant) return '';
    const field = answers.fieldOf(node);
    const name = field.element;
    let tag = `<${name}`;
    for (const [key, value] of attributes(node)) tag += attribute(key, value);
    if (node === root) for (const [prefix, address] of inJavasOrder(namespaces)) tag += attribute(`xmlns:${prefix}`, address);
    let inner = escaped(content(answers, node, field), '') + node.children.map(element).join('');
    if (deprecated && name === 'orx:meta') inner += `<orx:deprecatedID>${escaped(deprecated, '')}</orx:deprecatedID>`;
    return inner || node.emptied ? `${tag}>${inner}</${name}>` : `${tag} />`;
  };
  return `<?xml version='1.0' encoding='UTF-8' ?>${element(root)}`;
}

/** @param {Answers} answers @param {Element} node @param {Rule} rule @param {string} usual */
const said = (answers, node, rule, usual) => (rule ? stored(answers.evaluate(rule, node), 'string') : usual);

/** What an element says: its node's text, or how an entity is to be called. @param {Answers} answers @param {Element} node @param {Field} field */
function content(answers, node, field) {
  const label = field.parent?.type === 'entity' && field.name === 'label' ? answers.form.entity?.label : null;
  return said(answers, node, label ?? null, node.text);
}

/** What the submission does to an entity. @param {Answers} answers @param {Element} node @returns {[string, string][]} */
function entity(answers, node) {
  const { entity } = answers.form;
  if (!entity) return [];
  /** @type {[string, string][]} */
  const all = [['dataset', entity.list]];
  if (!entity.id || entity.createIf) all.push(['create', said(answers, node, entity.createIf, '1')]);
  if (!entity.id) {
    // An edited submission means the entity it made.
    const id = node.entity || said(answers, node, (f) => FUNCTIONS.uuid(f, [], []), '');
    return [...all, ['id', id]];
  }
  const id = said(answers, node, entity.id, '');
  const list = answers.env.tables.table(entity.list);
  all.push(['update', said(answers, node, entity.updateIf, '1')]);
  for (const [key, column] of [['baseVersion', '__version'], ['trunkVersion', '__trunkVersion'], ['branchId', '__branchId']]) {
    all.push([key, list?.lookup('name', id, column) ?? '']);
  }
  return [...all, ['id', id]];
}

/** Takes the answers of a submission: what it leaves out has its default, repeats have the instances it has. @param {Answers} answers @param {Element} node @param {Field} field @param {Element} saved */
export function load(answers, node, field, saved) {
  if (!field.isGroup) node.text = saved.text;
  if (field.type === 'entity') node.entity = saved.attributes?.id ?? '';
  for (const child of field.children) {
    const found = saved.named(child.name);
    for (const one of child.isRepeat ? found : found.slice(0, 1)) load(answers, answers.make(child, node), child, one);
    if (!found.length && !child.isRepeat) answers.addChildren(answers.make(child, node), child, false);
  }
}

/** The nodes as a draft keeps them. @param {Element} node @returns {Saved} */
export function save(node) {
  const flags = Number(node.relevant) + 2 * Number(node.required) + 4 * Number(node.locked) + 8 * Number(node.emptied);
  /** @type {Saved} */
  const saved = [node.field, node.key, node.text, flags, node.children.map(save)];
  if (node.entity) saved.push(node.entity);
  return saved;
}

/** Puts a draft's nodes back. @param {Answers} answers @param {Element} node @param {Saved} saved */
export function restore(answers, node, [, key, text, flags, children, entity = '']) {
  node.key = key;
  node.text = text;
  node.required = (flags & 2) > 0;
  node.locked = (flags & 4) > 0;
  node.emptied = (flags & 8) > 0;
  node.entity = entity;
  for (const child of children) restore(answers, answers.make(answers.form.fields[child[0]], node), child);
  node.show((flags & 1) > 0);
}
