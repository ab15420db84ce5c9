// A submission's XML, read and written (shared/src/answers/read.rs, form/fill/serialize.rs).
import { Element } from './tree.js';

/** @type {Record<string, string>} */
const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** @param {string} text */
const plain = (text) =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, digits, name) =>
    name ? (ENTITIES[name] ?? whole) : String.fromCodePoint(Math.min(hex ? parseInt(hex, 16) : Number(digits), 0x10ffff)));

/** The root of a document: names without prefix, texts in Form C; null when it is not well-formed. @param {string} source */
export function readXml(source) {
  const token = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<\/([^\s>]+)\s*>|<([^\s\/>!]+)((?:\s+[^\s=\/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;
  let at = /** @type {Element | null} */ (null);
  let root = /** @type {Element | null} */ (null);
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').normalize('NFC');
  while (token.lastIndex < text.length) {
    const m = token.exec(text);
    if (!m) return null;
    const [, data, end, start, attributes, empty, written] = m;
    const name = (start ?? end ?? '').replace(/^.*:/, '');
    if (start) {
      if (!at && root) return null;
      const made = new Element(name, at, -1, 0);
      made.attributes = {};
      for (const [, key, value] of attributes.matchAll(/([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
        made.attributes[key] = plain(value.slice(1, -1).replace(/[\t\n]/g, ' '));
      }
      at?.children.push(made);
      root ??= made;
      if (!empty) at = made;
    } else if (end) {
      if (at?.name !== name) return null;
      // Blanks between elements are no text.
      if (at.children.length && !at.text.trim()) at.text = '';
      at = at.parent;
    } else if (at) at.text += data ?? plain(written ?? '');
    else if (written?.trim()) return null;
  }
  return at ? null : root;
}

/** As the serialiser does that JavaRosa uses (kXML): it takes `@` for a control character. @param {string} text @param {string} quote '' in text */
export const escaped = (text, quote) =>
  text.replace(/[\0-\x1f&<>"'@]/g, (c) => {
    switch (c) {
      case '&': return '&amp;';
      case '<': return '&lt;';
      case '>': return '&gt;';
      case '"': return quote === c ? '&quot;' : c;
      case "'": return quote === c ? '&apos;' : c;
      case '\n': case '\r': case '\t': if (!quote) return c;
    }
    return `&#${c.charCodeAt(0)};`;
  });

/** @param {string} key @param {string} value */
export function attribute(key, value) {
  const quote = value.includes('"') ? "'" : '"';
  return ` ${key}=${quote}${escaped(value, quote)}${quote}`;
}

/** Namespaces in the order in which JavaRosa goes through its table of them: by the prefix's hash in a table that doubles when it is three quarters full. @param {[string, string][]} declared */
export function inJavasOrder(declared) {
  const named = declared.filter(([prefix]) => prefix);
  let places = 16;
  while (named.length * 4 > places * 3) places *= 2;
  /** @param {string} key */
  const place = (key) => {
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
    return (hash ^ (hash >>> 16)) & (places - 1);
  };
  return named.sort((a, b) => place(a[0]) - place(b[0]));
}
