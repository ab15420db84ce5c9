// Answers as text: what a question of each type accepts, and the choices it offers
// (shared/src/form/value.rs).
import { dateText, parseDate } from './dates.js';
import { Frame } from './expression.js';
import { givenPoint, givenPoints } from './geo.js';
import { decimal, javaDouble } from './number.js';
import { FUNCTIONS } from './functions.js';
import { Element, Row } from './tree.js';
import { Nodes } from './value.js';

/** @typedef {import('./form.js').Field} Field */
/** @typedef {import('./answers.js').Answers} Answers */

/** The text stored for an answer as a person gives it; null when it is not of the field's type. @param {Field} field @param {string} written @returns {string | null} */
export function canonical(field, written) {
  if (written === '') return '';
  switch (field.type) {
    case 'integer': {
      const n = /^[+-]?\d+$/.test(written) ? Number(written) : NaN;
      return Math.abs(n + 0.5) < 2147483648 ? String(n + 0) : null;
    }
    case 'decimal': {
      const n = decimal(written.trim());
      return Number.isFinite(n) ? javaDouble(n) : null;
    }
    case 'date': case 'today': {
      const day = parseDate(written);
      return day && dateText(day).padStart(10, '0');
    }
    case 'geopoint': case 'start-geopoint': return givenPoint(written);
    case 'geotrace': case 'geoshape': return givenPoints(written);
    case 'acknowledge': return 'OK';
    case 'select_multiple': return written.split(/\s+/).filter(Boolean).join(' ');
    case 'select_one': return /\s/.test(written) ? null : written;
  }
  return written;
}

/** @param {string} list */
export const words = (list) => list.split(/[ \t\n\f\r]+/).filter(Boolean);

/** True if each of the chosen values is offered at that node. A table that is not there cannot say no. @param {Answers} answers @param {Element} node @param {Field} field @param {string} chosen */
export function isOffered(answers, node, field, chosen) {
  const { choices } = field.json;
  if (!choices) return true;
  if (!choices.table) {
    if (!field.choiceRows) return true;
    const values = new Set(instances(answers, node, field).map(([value]) => value));
    return words(chosen).every((value) => values.has(value));
  }
  const table = answers.env.tables.table(choices.table);
  if (!table) return true;
  const frame = new Frame(answers.env, node, node, 0);
  /** @type {Set<number> | null} */
  let all = null;
  /** @param {number} at */
  const kept = (at) => {
    if (!field.choiceRows) return true;
    const one = field.rowFilter?.(table.item(at), frame) ?? null;
    if (one !== null) return one;
    all ??= new Set(rows(answers, node, field).map((row) => row.at));
    return all.has(at);
  };
  return words(chosen).every((value) => table.rowsWith(choices.value, value).some(kept));
}

/** Value and label of the instances of a repeat that are choices. @param {Answers} answers @param {Element} node @param {Field} field */
function instances(answers, node, field) {
  const { choices, found } = { choices: field.json.choices, found: field.choiceRows && answers.evaluate(field.choiceRows, node) };
  const items = found instanceof Nodes ? found.items : [];
  /** @param {any} n @param {string} [name] */
  const cell = (n, name) => (n instanceof Element && name ? (n.named(name)[0]?.text ?? '') : '');
  return items.map((n) => [cell(n, choices?.value), cell(n, choices?.label)]).filter(([value]) => value);
}

/** The rows of a table that are offered. @param {Answers} answers @param {Element} node @param {Field} field @returns {Row[]} */
function rows(answers, node, field) {
  if (!field.choiceRows) {
    const table = answers.env.tables.table(field.json.choices?.table ?? '');
    return table?.rows.map((_, at) => table.item(at)) ?? [];
  }
  const found = answers.evaluate(field.choiceRows, node);
  return found instanceof Nodes ? found.items.filter((n) => n instanceof Row) : [];
}

/** The choices offered at a node, in their order. @param {Answers} answers @param {Element} node @param {Field} field @param {import('./tree.js').Table | undefined} labels the table in the language wanted @param {(row: Row) => Record<string, string>} media @returns {{value: string, label: string, media: Record<string, string>}[]} */
export function offered(answers, node, field, labels, media) {
  const { choices } = field.json;
  if (!choices) return [];
  const found = choices.table
    ? rows(answers, node, field).map((row) => ({
        value: row.table.cell(row.at, choices.value),
        label: (labels ?? row.table).cell(row.at, choices.label),
        media: media(row),
      }))
    : instances(answers, node, field).map(([value, label]) => ({ value, label, media: {} }));
  if (!field.json.randomize) return found;
  // Without a seed: the same order as long as the form is being filled.
  const env = { ...answers.env, draw: () => /** @type {[bigint, ...number[]]} */ ([answers.entropy, node.key]) };
  const items = /** @type {any[]} */ (found);
  const order = FUNCTIONS.randomize(new Frame(env, node, node, 0), [() => new Nodes(items, 'text'), ...(field.seed ? [field.seed] : [])], []);
  return order instanceof Nodes ? /** @type {any[]} */ (order.items) : found;
}
