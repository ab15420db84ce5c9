// The households of the collector's villages, and finding one among thousands.
import * as store from "./store.js";
import { plain } from "./text.js";

/**
 * @typedef {{id: string, label: string, village: string, commune: string, round: string, code: string,
 *   head: string, members: string, words: string}} Household
 * @typedef {{households: Household[], villages: Map<string, {id: string, label: string, commune: string}>,
 *   communes: Map<string, string>, byId: Map<string, Household>}} Roster
 */

/** @type {{pull: any, roster: Roster} | null} */
let known = null;

/** Rows of a CSV file as objects. @param {string} text @returns {Record<string, string>[]} */
export function rows(text) {
  const lines = cells(text);
  const names = lines.shift() ?? [];
  return lines.map((line) => Object.fromEntries(names.map((name, i) => [name, line[i] ?? ""])));
}

/** @param {string} text @returns {string[][]} */
function cells(text) {
  /** @type {string[][]} */
  const lines = [];
  /** @type {string[]} */
  let line = [];
  // A cell, quoted or not, and what ends it.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  for (let at = 0; at < text.length; at = cell.lastIndex) {
    cell.lastIndex = at;
    const found = cell.exec(text);
    if (!found) break;
    line.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] !== ",") {
      lines.push(line);
      line = [];
      if (found[3] === "") break;
    }
  }
  return lines;
}

/** The roster as last fetched. @returns {Promise<Roster>} */
export async function roster() {
  const pull = await store.get("setting", "pull");
  if (known && known.pull?.at === pull?.at) return known.roster;
  const file = async (/** @type {string} */ name) => {
    const listed = (pull?.forms ?? []).flatMap((/** @type {any} */ form) => form.files);
    const md5 = listed.find((/** @type {any} */ one) => one.name === name)?.md5;
    return rows((md5 && (await store.get("file", md5))) || "");
  };
  const communes = new Map((await file("communes.csv")).map((row) => [row.name, row.label]));
  const villages = new Map(
    (await file("villages.csv")).map((row) => [row.name, { id: row.name, label: row.label, commune: row.commune }]),
  );
  const households = (await file("households.csv")).map((row) => {
    const { village, commune, round, code, head, members } = row;
    const where = `${villages.get(village)?.label ?? ""} ${communes.get(commune) ?? ""}`;
    return { id: row.name, label: row.label, village, commune, round, code, head, members, words: plain(`${code} ${head} ${where}`) };
  });
  const byId = new Map(households.map((household) => [household.id, household]));
  known = { pull, roster: { households, villages, communes, byId } };
  return known.roster;
}

/** The households whose words contain every word typed. @param {Household[]} all @param {string} typed */
export function search(all, typed) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return all.filter((household) => words.every((word) => household.words.includes(word)));
}
