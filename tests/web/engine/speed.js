// What the engine costs: time of the processor for the household form with 5,000 roster rows, the first
// time and at best of twenty.
//
//   NTM=target/release/ntm node tests/web/engine/speed.js
import { Filling, load, readCsv } from '../../../server/web/engine/index.js';
import { NOW, compiled, read } from './support.js';

const VISIT = ['contact=met', 'respondent_relation=head', 'respondent_15=yes', 'interview_language=mong', 'interpreter=no', 'consent=full',
  'commune=u0066', 'village=u0066.01', 'on_roster=yes', 'household=u0066.01.001', 'location=22.7028 104.0588 1241 5.5', 'members/resident_count=4'];
const MEMBER = ['full_name=Giàng A Páo', 'relation=head', 'sex=male', 'birth_known=date', 'birth_date=1985-03-12', 'ethnicity=mong', 'resident=yes', 'insured=yes'];

/** @param {() => unknown} work milliseconds of the processor */
function cost(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** @type {Record<string, number[]>} */
const figures = {};
/** @param {string} what @param {() => unknown} work */
const measure = (what, work) => (figures[what] ??= []).push(cost(work));

const text = JSON.stringify(compiled(read('shared/data/forms/household.md')));
const rows = read('tests/javarosa/households.csv').trim().split('\n');
const columns = rows[0].split(',').length;
while (rows.length <= 5000) {
  const [village, i] = [`u00${rows.length % 2 ? 66 : 36}.0${1 + (rows.length % 3)}`, rows.length];
  rows.push([`${village}.x${i}`, `x${i} · Nguyễn Thị ${i}`, village, village.slice(0, 5), '2024-10', `x${i}`, `Nguyễn Thị ${i}`].concat(Array(columns - 7).fill('')).join(','));
}
const csv = `${rows.join('\n')}\n`;
const before = process.cpuUsage();
const form = await load(JSON.parse(text));
const read1 = process.cpuUsage(before);
figures['form: JSON to functions'] = [(read1.user + read1.system) / 1000];
/** @type {Record<string, import('../../../server/web/engine/index.js').Table>} */
let tables = {};
for (let run = 0; run < 20; run++) {
  measure('roster: CSV to table', () => {
    tables = { households: readCsv(csv), villages: readCsv(read('tests/javarosa/villages.csv')), communes: readCsv(read('tests/javarosa/communes.csv')) };
  });
  /** @type {Filling | null} */
  let opened = null;
  measure('open, list questions', () => {
    opened = new Filling(form, { tables, clock: () => NOW, entropy: 0n, instanceID: 'uuid:1', language: 'vi' });
    opened.questions();
  });
  const filling = /** @type {Filling} */ (/** @type {unknown} */ (opened));
  let worst = 0;
  /** @param {string} ref @param {string} value */
  const answer = (ref, value) => {
    let code = '';
    const spent = cost(() => (code = filling.set(ref, value).code));
    if (code !== 'ok') throw new Error(`${ref}: ${code}`);
    worst = Math.max(worst, spent);
  };
  for (const line of VISIT) answer(`/household/${line.split('=')[0]}`, line.split('=')[1]);
  for (let i = 1; i <= 4; i++) {
    if (i > 1) filling.addRepeat('/household/members/member');
    for (const line of MEMBER) answer(`/household/members/member[${i}]/${line.split('=')[0]}`, line.split('=')[1]);
  }
  (figures['dearest answer'] ??= []).push(worst);
  measure('list questions', () => filling.questions());
  measure('choices of the roster', () => filling.get('/household/household')?.choices?.());
  measure('check', () => filling.check());
  measure('snapshot as JSON', () => JSON.stringify(filling.snapshot()));
}
for (const [what, times] of Object.entries(figures)) {
  console.log(`${what.padEnd(26)} first ${times[0].toFixed(2).padStart(7)} ms   best ${Math.min(...times).toFixed(2).padStart(6)} ms`);
}
