// The answers as a tree, and tables that expressions look things up in.

/** One element of the answers, or of another document. */
export class Element {
  /** @param {string} name @param {Element | null} parent @param {number} field its number; -1 in other documents @param {number} key the how manieth node it is */
  constructor(name, parent, field, key) {
    this.name = name;
    this.parent = parent;
    this.field = field;
    this.key = key;
    this.text = '';
    /** @type {Element[]} */
    this.children = [];
    /** @type {Record<string, string> | null} */
    this.attributes = null;
    /** Its own rule does not hide it. */
    this.relevant = true;
    /** Nothing it is in is hidden either. */
    this.shown = /** @type {boolean} */ (parent === null || parent.shown);
    this.required = false;
    this.locked = false;
    /** Its answer is there, but has nothing in it: the last of several choices is no longer offered. */
    this.emptied = false;
    /** The id of the entity that the submission made which is edited here. */
    this.entity = '';
    /** What it is in and itself, root first. @type {Element[]} */
    this.lineage = parent ? [...parent.lineage, this] : [this];
  }

  /** @param {string} name */
  named(name) {
    return this.children.filter((c) => c.name === name);
  }

  /** Where it stands among its like, from 1. */
  get position() {
    let place = 1;
    for (const c of this.parent?.children ?? []) {
      if (c === this) break;
      if (c.name === this.name) place++;
    }
    return place;
  }


  /** @param {boolean} relevant */
  show(relevant) {
    this.relevant = relevant;
    const shown = relevant && (this.parent === null || this.parent.shown);
    if (shown === this.shown) return;
    this.shown = shown;
    for (const c of this.children) c.show(c.relevant);
  }

  detach() {
    const all = this.parent?.children ?? [];
    const at = all.indexOf(this);
    if (at >= 0) all.splice(at, 1);
  }
}

/** One column of a row. */
class Cell {
  /** @param {Row} row @param {number} column */
  constructor(row, column) {
    this.row = row;
    this.text = row.table.rows[row.at][column] ?? '';
  }
}

/** One `item` of a table. */
export class Row {
  /** @param {Table} table @param {number} at */
  constructor(table, at) {
    this.table = table;
    this.at = at;
  }
  get text() {
    return '';
  }
}

/** Named columns, rows of text. As a node it is its `root`. */
export class Table {
  /** @param {string[]} columns @param {string[][]} rows */
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.text = '';
    /** @type {Map<number, Map<string, number[]>>} */
    this.indexes = new Map();
  }

  /** @param {number} at */
  item(at) {
    return new Row(this, at);
  }

  /** The rows with this text in a column, in order. @param {string} column @param {string} text @returns {number[]} */
  rowsWith(column, text) {
    const place = this.columns.indexOf(column);
    if (place < 0) return [];
    let index = this.indexes.get(place);
    if (!index) {
      index = new Map();
      for (let at = 0; at < this.rows.length; at++) {
        const cell = this.rows[at][place] ?? '';
        const found = index.get(cell);
        if (found) found.push(at);
        else index.set(cell, [at]);
      }
      this.indexes.set(place, index);
    }
    return index.get(text) ?? [];
  }

  /** @param {number} at @param {string} column */
  cell(at, column) {
    return this.rows[at][this.columns.indexOf(column)] ?? '';
  }

  /** A column's text in the first row that has this in another. @param {string} key @param {string} text @param {string} column */
  lookup(key, text, column) {
    const [row] = this.rowsWith(key, text);
    return row === undefined ? '' : this.cell(row, column);
  }
}

/** The document a table stands in. */
export class Document {
  /** @param {Table | Element} root */
  constructor(root) {
    this.root = root;
    this.text = '';
  }
}

/** The children of a node that a step names: a name, `*`, `..`, `.` or `@name`. @param {any} node @param {string} test @param {any[]} out */
export function children(node, test, out) {
  if (test === '.') out.push(node);
  else if (node instanceof Element) {
    if (test === '..') node.parent && out.push(node.parent);
    else if (test[0] === '@') {
      const name = test.slice(1);
      if (node.attributes && Object.hasOwn(node.attributes, name)) out.push({ text: node.attributes[name] });
    } else for (const c of node.children) if (test === '*' || c.name === test) out.push(c);
  } else if (node instanceof Document) {
    if (test === (node.root instanceof Table ? 'root' : node.root.name)) out.push(node.root);
  } else if (node instanceof Table) {
    if (test === 'item') node.rows.forEach((_, at) => out.push(node.item(at)));
  } else if (node instanceof Row) {
    const column = node.table.columns.indexOf(test);
    if (test === '..') out.push(node.table);
    else if (column >= 0) out.push(new Cell(node, column));
  } else if (node instanceof Cell && test === '..') out.push(node.row);
}

/** The items of a document as a table: a column for every name their elements have. @param {Element} root */
function itemsOf(root) {
  const items = root.named('item');
  const columns = [...new Set(items.flatMap((item) => item.children.map((c) => c.name)))].slice(0, 64);
  return new Table(columns, items.map((item) => columns.map((name) => item.named(name)[0]?.text ?? '')));
}

/** The tables behind `instance('…')`; the form's own lists win. */
export class Tables {
  /** @param {Record<string, Table | Element>} all */
  constructor(all) {
    // Ids may come from answers: nothing is there but what was given.
    this.all = Object.assign(Object.create(null), all);
    /** @type {Map<Element, Table>} */
    this.made = new Map();
  }

  /** @param {string} id @returns {Table | undefined} */
  table(id) {
    const source = this.all[id];
    if (!(source instanceof Element)) return source;
    const table = this.made.get(source) ?? itemsOf(source);
    this.made.set(source, table);
    return table;
  }

  /** @param {string} id */
  document(id) {
    const source = this.all[id];
    return source && new Document(source);
  }
}

/** A CSV file with a header line (RFC 4180) as a table. @param {string} source */
export function readCsv(source) {
  const text = source.replace(/^\uFEFF/, '').normalize('NFC');
  const rows = text.includes('"') ? quoted(text) : text.split(/\r\n|\n|\r/).filter(Boolean).map((line) => line.split(','));
  const columns = (rows.shift() ?? []).map((c) => c.trim());
  return new Table(columns, rows);
}

/** @param {string} text */
function quoted(text) {
  /** @type {string[][]} */
  const rows = [];
  const cell = /(?:"((?:[^"]|"")*)"?)?([^,\r\n]*)(,|\r\n|\n|\r|$)/y;
  /** @type {string[]} */
  let row = [];
  while (cell.lastIndex < text.length || row.length) {
    const m = cell.exec(text);
    if (!m) break;
    row.push((m[1] ?? '').replaceAll('""', '"') + m[2]);
    if (m[3] === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
