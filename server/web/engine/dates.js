// Dates as JavaRosa reads, counts and prints them (shared/src/expr/dates.rs). All times are the
// survey's local time: UTC+7, before June 1975 with other offsets.

const DAY = 864e5;
const OFFSET = 25200;

// When the offset changed (UTC, seconds) and what it was from then on, in seconds.
const CHANGES = [
  [Date.UTC(1900, 0, 1), 25590],
  [Date.UTC(1911, 3, 30, 16, 53, 30), 25200],
  [Date.UTC(1942, 11, 31, 16), 28800],
  [Date.UTC(1945, 2, 14, 15), 32400],
  [Date.UTC(1945, 8, 1, 15), 25200],
  [Date.UTC(1947, 2, 31, 17), 28800],
  [Date.UTC(1955, 5, 30, 17), 25200],
  [Date.UTC(1959, 11, 31, 16), 28800],
  [Date.UTC(1975, 5, 12, 16), 25200],
];
const FIRST = Date.UTC(-9999, 0, 1);
const LAST = Date.UTC(10000, 0, 1) - 1;

/** A moment of local time. */
export class Moment {
  /** @param {number} ms milliseconds since 1970 began, both on the local clock */
  constructor(ms) {
    this.ms = ms;
  }
  /** Days since 1 January 1970. */
  get days() {
    return Math.floor(this.ms / DAY);
  }
  /** The moment its day began. */
  get day() {
    return new Moment(this.days * DAY);
  }
  get date() {
    return new Date(this.ms);
  }
}

/** @param {number} ms @returns {Moment | null} */
const moment = (ms) => (ms >= FIRST && ms <= LAST ? new Moment(ms) : null);

/** @param {number} utc */
function offsetOfUtc(utc) {
  let offset = OFFSET;
  for (const [from, after] of CHANGES) if (utc >= from) offset = after;
  return offset;
}

/** The earlier one where there were two. @param {number} local */
function offsetOfLocal(local) {
  let offset = OFFSET;
  for (const [from, after] of CHANGES) {
    if (local - offset * 1000 < from) break;
    offset = after;
  }
  return offset;
}

/** Local time of a moment in UTC, milliseconds. @param {number} utc */
export const local = (utc) => moment(utc + offsetOfUtc(utc) * 1000);

/** @param {number} y @param {number} m from 1 @param {number} d */
function day(y, m, d) {
  const date = new Date(0);
  date.setUTCFullYear(y, m - 1, d);
  return y <= 9999 && date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? date.getTime() : NaN;
}

/** Day and what stands after its `T`. @param {string} text @returns {[number, string | undefined] | null} */
function dayAndTime(text) {
  const m = /^\+?(\d{1,9})-\+?(\d{1,9})-\+?(\d{1,9})(?:T([^]*))?$/.exec(text);
  const ms = m ? day(Number(m[1]), Number(m[2]), Number(m[3])) : NaN;
  return m && ms === ms ? [ms, m[4]] : null;
}

/** The day a text begins with; a time after it is ignored. @param {string} text */
export function parseDate(text) {
  const found = dayAndTime(text);
  return found && new Moment(found[0]);
}

/** A date with an optional time; other offsets are converted. @param {string} text */
export function parseMoment(text) {
  const found = dayAndTime(text);
  if (!found) return null;
  return found[1] === undefined ? new Moment(found[0]) : atTime(found[0], found[1]);
}

/** A time alone: phones read it as a moment of today. @param {string} text @param {Moment} now */
export const parseTime = (text, now) => atTime(now.day.ms, text);

/** @param {number} ms @param {string} text */
function atTime(ms, text) {
  const m = /^(\d{1,9}):(\d{1,9})(?::([\d.]{1,20}))?([Z+-][^]*)?$/.exec(text);
  if (!m) return null;
  const seconds = m[3] === undefined ? 0 : /^\d*\.?\d*$/.test(m[3]) && /\d/.test(m[3]) ? Number(m[3]) : NaN;
  const whole = Math.trunc(seconds);
  if (!(Number(m[1]) < 24 && Number(m[2]) < 60 && whole < 60)) return null;
  const at = ms + (Number(m[1]) * 60 + Number(m[2])) * 6e4 + whole * 1000;
  const wall = at + Math.trunc(1000 * seconds - 1000 * whole);
  if (!m[4]) return new Moment(wall);
  const minutes = zone(m[4]);
  if (minutes === null) return null;
  return moment(wall - minutes * 6e4) && local(wall - minutes * 6e4);
}

/** @param {string} text */
function zone(text) {
  if (text === 'Z') return 0;
  const m = /^.(\d{1,9}):(\d{1,9})$/.exec(text) ?? /^.(\d\d)(\d{0,9})$/.exec(text);
  if (!m || Number(m[1]) > 23 || Number(m[2]) > 59) return null;
  return (text[0] === '-' ? -1 : 1) * (Number(m[1]) * 60 + Number(m[2]));
}

/** So many whole days after 1 January 1970. @param {number} n */
export const fromDays = (n) => (Math.abs(n) <= 5e6 ? moment(Math.trunc(n) * DAY) : null);

/** So many days, with fraction, after 1970 began in UTC. @param {number} n */
export const fromDecimalDays = (n) => (Math.abs(n) <= 5e6 ? local(Math.trunc(n * DAY)) : null);

/** @param {number} ms */
const utc = (ms) => ms - offsetOfLocal(ms) * 1000;

/** Days since 1970 began in UTC, with fraction. @param {Moment} m */
export const decimalDays = (m) => utc(m.ms) / DAY;

/** Days since 1970 began here, with fraction. @param {Moment} m */
export const localDays = (m) => (utc(m.ms) - utc(0)) / DAY;

/** The fraction of the day that has passed, by today's offset. @param {Moment} m */
export function decimalTime(m) {
  const days = (utc(m.ms) + OFFSET * 1000) / DAY;
  return days - Math.floor(days);
}

/** @param {number} n @param {number} width */
const pad = (n, width) => (n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0'));

/** `2024-10-05` @param {Moment} m */
export function dateText(m) {
  const d = m.date;
  return `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1, 2)}-${pad(d.getUTCDate(), 2)}`;
}

/** `08:30:00.000+07:00` @param {Moment} m */
export function timeText(m) {
  const minutes = Math.trunc(offsetOfLocal(m.ms) / 60);
  return format(m, `%H:%M:%S.%3+${pad(Math.trunc(minutes / 60), 2)}:${pad(minutes % 60, 2)}`);
}

/** `2024-10-05T08:30:00.000+07:00` @param {Moment} m */
export const momentText = (m) => `${dateText(m)}T${timeText(m)}`;

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** `format-date`; blank for a pattern with other letters. @param {Moment} m @param {string} pattern */
export function format(m, pattern) {
  const d = m.date;
  const [y, month, date, hour] = [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCHours()];
  let known = true;
  const out = pattern.replace(/%([^]?)/gu, (_, letter) => {
    switch (letter) {
      case '%': return '%';
      case 'Y': return pad(y, 4);
      case 'y': return pad(((y % 100) + 100) % 100, 2);
      case 'm': return pad(month + 1, 2);
      case 'n': return String(month + 1);
      case 'b': return MONTHS[month];
      case 'd': return pad(date, 2);
      case 'e': return String(date);
      case 'H': return pad(hour, 2);
      case 'h': return String(hour);
      case 'M': return pad(d.getUTCMinutes(), 2);
      case 'S': return pad(d.getUTCSeconds(), 2);
      case '3': return pad(d.getUTCMilliseconds(), 3);
      case 'a': return DAYS[d.getUTCDay()];
      case 'W': return String(week(m.days, y));
    }
    known = false;
    return '';
  });
  return known ? out : '';
}

/** From Monday, the first with 1 January in it. @param {number} days @param {number} year */
function week(days, year) {
  /** @param {number} d */
  const monday = (d) => d - ((((d + 3) % 7) + 7) % 7);
  /** @param {number} y */
  const first = (y) => monday(day(Math.min(y, 9999), 1, 1) / DAY);
  if (year < 9999 && monday(days) === first(year + 1)) return 1;
  return (monday(days) - first(year)) / 7 + 1;
}
