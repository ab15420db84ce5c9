// Regular expressions as Java writes them, put into JavaScript's dialect (shared/src/expr/pattern.rs).
// What is refused there (look-around, back-references, possessive quantifiers) matches nothing.

/** @type {Record<string, string>} */
const SETS = {
  // @ts-expect-error names in patterns find nothing but these
  __proto__: null,
  s: ' \\t\\n\\x0B\\f\\r',
  h: ' \\t\\xA0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000',
  v: '\\n\\x0B\\f\\r\\x85\\u2028\\u2029',
  Lower: 'a-z', Upper: 'A-Z', Alpha: 'A-Za-z', Digit: '0-9', Alnum: 'A-Za-z0-9', ASCII: '\\0-\\x7F',
  Graph: '!-~', Print: ' -~', Blank: ' \\t', Cntrl: '\\0-\\x1F\\x7F', XDigit: '0-9A-Fa-f',
  Punct: '!-\\/:-@\\x5B-\\x60\\x7B-~', Space: ' \\t\\n\\x0B\\f\\r',
};
const LINE = '[^\\n\\r\\x85\\u2028\\u2029]';
const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]';

/** A sign as itself, wherever it stands. @param {string} c */
const literal = (c) => (/[a-z0-9]/i.test(c) || c > '~' ? c : `\\u{${c.codePointAt(0)?.toString(16)}}`);

/** @typedef {{text: string, one: boolean, set?: boolean}} Found */

/** One sign that is not in a set. @param {string} of @returns {Found} */
const outside = (of) => ({ text: `[^${of}]`, one: false, set: true });

class Translation {
  /** @param {string} source */
  constructor(source) {
    this.rest = Array.from(source);
    this.at = 0;
    const flags = [...source.matchAll(/\(\?([a-zA-Z]*)/g)].map((m) => m[1]).join('');
    this.all = flags.includes('s');
    this.flags = (flags.includes('m') ? 'm' : '') + (flags.includes('i') ? 'i' : '');
  }

  peek(by = 0) {
    return this.rest[this.at + by];
  }

  run() {
    let out = '';
    let last = '';
    while (this.at < this.rest.length) {
      const c = this.rest[this.at++];
      if (c === '+' && '*+?}'.includes(last) && last) throw c;
      last = c === '\\' || c === '[' ? '' : c === '{' ? '}' : c;
      if (c === '\\') out += this.escape(false).text;
      else if (c === '[') out += this.set();
      else if (c === '{') out += this.count();
      else if (c === ']' || c === '}') out += literal(c);
      else if (c === '.') out += this.all ? '[^]' : LINE;
      else if (c === '(') out += this.group();
      else out += c;
    }
    return out;
  }

  count() {
    const m = /^\d+(,\d*)?\}/.exec(this.rest.slice(this.at).join(''));
    if (!m) throw '{';
    this.at += m[0].length;
    return `{${m[0]}`;
  }

  group() {
    if (this.peek() !== '?') return '(';
    const ahead = this.rest.slice(this.at, this.at + 3).join('');
    if (/^\?([=!>]|<[=!])/.test(ahead)) throw ahead;
    this.at++;
    if (/^\?(P?<)/.test(ahead)) {
      if (this.peek() === 'P') this.at++;
      return '(?';
    }
    // Flags count for the whole pattern: only new browsers know them within one.
    while (/[a-zA-Z-]/.test(this.peek() ?? '')) this.at++;
    if (this.rest[this.at++] === ':') return '(?:';
    return '(?:)';
  }

  /** A set in brackets, whose `[` is behind: one sign of it. Sets within sets, and what several have in common, need no new browser this way. */
  set() {
    const parts = [{ own: '', sets: /** @type {string[]} */ ([]) }];
    let not = false;
    let before = '';
    /** @param {Found} found */
    const add = ({ text, one, set }) => {
      const part = parts[parts.length - 1];
      if (set) part.sets.push(text);
      else part.own += text;
      before = one ? text : '';
    };
    /** @param {string} c */
    const sign = (c) => ({ text: literal(c), one: true });
    if (this.peek() === ':') add(sign(this.rest[this.at++]));
    if (this.peek() === '^') not = this.at++ > 0;
    if (this.peek() === ']') add(sign(this.rest[this.at++]));
    for (;;) {
      const c = this.rest[this.at++];
      if (c === undefined) throw c;
      if (c === ']') break;
      if (c === '[') add({ text: this.set(), one: false, set: true });
      else if (c === '&' && this.peek() === '&') {
        this.at++;
        parts.push({ own: '', sets: [] });
        before = '';
      } else if (c === '-' && before && this.peek() !== ']' && this.peek() !== '[') {
        const next = this.rest[this.at++];
        const end = next === '\\' ? this.escape(true) : sign(next ?? '');
        if (!end.one) add(sign('-'));
        add({ ...end, text: end.one ? `-${end.text}` : end.text, one: false });
      } else add(c === '\\' ? this.escape(true) : sign(c));
    }
    if (parts.length === 1 && !parts[0].sets.length) return `[${not ? '^' : ''}${parts[0].own}]`;
    const each = parts.map(({ own, sets }) => `(?:${[`[${own}]`, ...sets].join('|')})`);
    const all = each.map((part, i) => (i < each.length - 1 ? `(?=${part})` : part)).join('');
    return not ? `(?:(?!${all})[^])` : `(?:${all})`;
  }

  /** @param {boolean} inside a set @returns {Found} */
  escape(inside) {
    const c = this.rest[this.at++];
    /** @param {string} text */
    const many = (text) => ({ text, one: false });
    if (c === undefined || /[1-9k]/.test(c)) throw c;
    if ('dDwW'.includes(c)) return many(`\\${c}`);
    if ('shv'.includes(c)) return many(inside ? SETS[c] : `[${SETS[c]}]`);
    if (c === 'S') return outside(SETS.s);
    if (c === 'Q') return many(this.quoted());
    if (c === 'p' || c === 'P') return this.property(c, inside);
    if (c === 'e') return { text: '\\x1B', one: true };
    if (c === 'a') return { text: '\\x07', one: true };
    if (c === 'A') return many('(?<![^])');
    if (c === 'z') return many('(?![^])');
    if (c === 'b') return many(`(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`);
    if (c === 'B') return many(`(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`);
    if (c === 'x' || c === 'u') return { text: this.code(c), one: true };
    if ('tnrf'.includes(c)) return { text: `\\${c}`, one: true };
    if (/[a-zA-Z0]/.test(c)) throw c;
    return { text: literal(c), one: true };
  }

  /** @param {string} letter */
  code(letter) {
    const rest = this.rest.slice(this.at).join('');
    const m = /^\{([0-9a-fA-F]+)\}/.exec(rest) ?? (letter === 'x' ? /^([0-9a-fA-F]{2})/ : /^([0-9a-fA-F]{4})/).exec(rest);
    if (!m) throw letter;
    this.at += m[0].length;
    return `\\u{${m[1]}}`;
  }

  quoted() {
    let out = '';
    while (this.at < this.rest.length) {
      const c = this.rest[this.at++];
      if (c === '\\' && this.peek() === 'E') {
        this.at++;
        return out;
      }
      out += literal(c);
    }
    return out;
  }

  /** `\p{…}`: Java's POSIX names mean ASCII; `IsLatin` is a script. @param {string} letter @param {boolean} inside @returns {Found} */
  property(letter, inside) {
    let name = this.rest[this.at++] ?? '';
    if (name === '{') {
      const end = this.rest.indexOf('}', this.at);
      if (end < 0) throw letter;
      name = this.rest.slice(this.at, end).join('');
      this.at = end + 1;
    }
    const known = SETS[name.length > 1 ? name : ''];
    if (known) return letter === 'P' ? outside(known) : { text: inside ? known : `[${known}]`, one: false };
    if (/^(In|java)/.test(name)) throw name;
    name = name.replace(/^Is/, '');
    try {
      new RegExp(`\\p{${name}}`, 'u');
    } catch {
      name = `Script=${name}`;
    }
    return { text: `\\${letter}{${name}}`, one: false };
  }
}

/** @type {Map<string, RegExp | null>} */
const known = new Map();

/** True if the whole text matches. @param {string} text @param {string} source */
export function matches(text, source) {
  let regex = known.get(source);
  if (regex === undefined) {
    regex = null;
    try {
      const made = new Translation(source);
      const body = made.run();
      if (Array.from(source).length <= 2000) {
        regex = new RegExp(`(?<![^])(?:${body})(?![^])`, `u${made.flags}`);
      }
    } catch {
      // Not a pattern: nothing matches.
    }
    if (known.size > 99) known.clear();
    known.set(source, regex);
  }
  return regex !== null && regex.test(text);
}
