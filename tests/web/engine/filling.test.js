// What screens see and do: tests of README.md beside the engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Filling, load, readCsv, readXml } from '../../../server/web/engine/index.js';
import { states } from './states.js';
import { NOW, compiled, form, read, start } from './support.js';

/** @param {import('../../../server/web/engine/filling.js').Filling} filling */
const seen = (filling) => filling.questions().map((q) => `${q.kind} ${q.ref}`);

const FAMILY = {
  survey: [
    'type | name | label::Tiếng Việt (vi) | label::English (en) | required | relevant | constraint | constraint_message::Tiếng Việt (vi) | calculation | appearance',
    'text | who | Tên | Name | yes | | | | |',
    'begin_group | home | Nhà của ${who} | Home of ${who} | | ${who} != "" | | | | field-list',
    'integer | rooms | Số phòng | Rooms | | | . < 20 | ${who} không có nhiều phòng thế | |',
    'note | thanks | Cảm ơn ${who} | Thanks, ${who} | | | | | |',
    'end_group | | | | | | | | |',
    'begin_repeat | p | Người | Person | | ${who} != "" | | | |',
    'text | name | Tên | Name | yes | | | | |',
    'select_one yn | head | ${name} là chủ hộ? | Is ${name} the head? | | | | | |',
    'image | face | Ảnh | Photo | | | | | |',
    'end_repeat | | | | | | | | |',
    'calculate | n | | | | | | | count(${p}) |',
  ],
  choices: ['list_name | name | label::Tiếng Việt (vi) | label::English (en)', 'yn | 1 | Có | Yes', 'yn | 0 | Không | No'],
};

test('questions come in order, as far as they are asked', async () => {
  const filling = start(await form(FAMILY));
  assert.deepEqual(seen(filling), ['question /data/who']);
  assert.deepEqual(filling.set('/data/who', 'Mẩy'), { code: 'ok' });
  assert.deepEqual(seen(filling), [
    'question /data/who', 'group /data/home', 'question /data/home/rooms', 'note /data/home/thanks',
    'repeat /data/p', 'instance /data/p[1]', 'question /data/p[1]/name', 'question /data/p[1]/head', 'question /data/p[1]/face',
  ]);
  assert.deepEqual(filling.questions('/data/home').map((q) => q.name), ['rooms', 'thanks']);
  const group = filling.get('/data/home');
  assert.equal(group?.label, 'Nhà của Mẩy');
  assert.equal(group?.appearance, 'field-list');
  filling.language = 'en';
  assert.equal(filling.get('/data/home')?.label, 'Home of Mẩy');
  assert.equal(filling.get('/data/home/thanks')?.label, 'Thanks, Mẩy');
  assert.deepEqual(filling.get('/data/p[1]/head')?.choices?.().map((c) => c.label), ['Yes', 'No']);
});

test('a refused answer leaves all as it was, and says why', async () => {
  const filling = start(await form(FAMILY));
  filling.set('/data/who', 'Mẩy');
  assert.deepEqual(filling.set('/data/home/rooms', '20'), { code: 'constraint', message: 'Mẩy không có nhiều phòng thế' });
  assert.equal(filling.value('/data/home/rooms'), '');
  assert.deepEqual(filling.get('/data/home/rooms')?.error, { code: 'constraint', message: 'Mẩy không có nhiều phòng thế', value: '20' });
  filling.set('/data/home/rooms', '3');
  assert.equal(filling.get('/data/home/rooms')?.error, null);
  assert.equal(filling.set('/data/home/rooms', 'x').code, 'type');
  assert.equal(filling.set('/data/who', '').code, 'required');
  assert.equal(filling.set('/data/p[1]/head', '2').code, 'choice');
  assert.equal(filling.set('/data/home/thanks', 'x').code, 'readonly');
  assert.equal(filling.set('/data/n', '4').code, 'unasked');
  assert.equal(filling.set('/data/nothing', '4').code, 'unasked');
  assert.equal(filling.set('/data/p[9]/name', '4').code, 'unasked');
  assert.equal(filling.set('', '').code, 'unasked');
  filling.set('/data/who', 'a\u0000\u000b\ud800b\n😀');
  assert.equal(filling.value('/data/who'), 'ab\n😀');
});

test('repeats grow and shrink; what stays keeps its key', async () => {
  const filling = start(await form(FAMILY));
  assert.equal(filling.addRepeat('/data/p').code, 'unasked');
  filling.set('/data/who', 'Mẩy');
  const added = filling.addRepeat('/data/p');
  assert.deepEqual([added.code, added.ref], ['ok', '/data/p[2]']);
  filling.set('/data/p[2]/name', 'Páo');
  const key = filling.get('/data/p[2]/name')?.key;
  assert.equal(filling.value('/data/n'), '2');
  assert.equal(filling.removeRepeat('/data/p[1]').code, 'ok');
  assert.deepEqual([filling.value('/data/n'), filling.get('/data/p[1]/name')?.key], ['1', key]);
  const [repeat, instance] = filling.questions().filter((q) => /repeat|instance/.test(q.kind));
  assert.deepEqual([repeat.count, repeat.canAdd, instance.index, instance.canRemove], [1, true, 1, true]);
  assert.equal(filling.removeRepeat('/data/p[7]').code, 'unasked');
  assert.equal(filling.removeRepeat('/data/home').code, 'unasked');
});

test('the check lists what stands in the way, in order', async () => {
  const filling = start(await form(FAMILY));
  assert.deepEqual(filling.check().map((f) => [f.ref, f.code]), [['/data/who', 'required']]);
  filling.set('/data/who', 'Mẩy');
  const [finding] = filling.check();
  assert.deepEqual([finding.ref, finding.code, finding.message, finding.label], ['/data/p[1]/name', 'required', 'Câu này cần có câu trả lời.', 'Tên']);
  assert.equal(filling.get('/data/p[1]/name')?.error?.code, 'required');
  assert.deepEqual(filling.progress(), { asked: 5, answered: 1, missing: 1 });
  assert.equal(filling.finish().code, 'findings');
  filling.set('/data/p[1]/name', 'Páo');
  filling.set('/data/p[1]/face', 'a.jpg');
  assert.deepEqual(filling.attachments(), [{ ref: '/data/p[1]/face', name: 'a.jpg' }]);
  const done = filling.finish();
  assert.ok(done.code === 'ok' && done.xml.includes('<p><name>Páo</name><head /><face>a.jpg</face></p><n>1</n>'));
});

test('a draft goes on where it was, hidden answers and all', async () => {
  const compiled = await form(FAMILY);
  const filling = start(compiled);
  filling.set('/data/who', 'Mẩy');
  filling.addRepeat('/data/p');
  filling.set('/data/p[2]/name', 'Páo');
  filling.set('/data/home/rooms', '3');
  const draft = JSON.stringify(filling.snapshot());
  const again = start(compiled, { restore: JSON.parse(draft), instanceID: undefined, clock: () => NOW + 9e6 });
  assert.deepEqual(states(again), states(filling));
  assert.equal(again.xml(), filling.xml());
  assert.equal(again.instanceID, filling.instanceID);
  // Everything is worked out once more: only that is counted.
  assert.deepEqual({ ...again.snapshot(), evaluations: 0 }, { ...JSON.parse(draft), evaluations: 0 });
  const before = filling.addRepeat('/data/p').key;
  assert.equal(again.addRepeat('/data/p').key, before);
  const other = { ...JSON.parse(draft), version: '2' };
  assert.throws(() => start(compiled, { restore: other }), { code: 'version' });
  assert.throws(() => start(compiled, { restore: { ...other, form: 'g' } }), { code: 'form' });
});

test('a submission is edited under a new id', async () => {
  const compiled = await form(FAMILY);
  const filling = start(compiled);
  filling.set('/data/who', 'Mẩy <&> "Lý" @');
  filling.set('/data/p[1]/name', 'Páo');
  filling.addRepeat('/data/p');
  filling.set('/data/p[2]/name', 'Seo\nDìn');
  const done = filling.finish();
  assert.ok(done.code === 'ok');
  const edited = start(compiled, { edit: done.xml, instanceID: 'uuid:new' });
  assert.deepEqual(states(edited).filter(([path]) => !path.endsWith('ID')), states(filling).filter(([path]) => !path.endsWith('ID')));
  const again = edited.finish();
  const meta = `<orx:instanceID>uuid:new</orx:instanceID><orx:deprecatedID>${filling.instanceID}</orx:deprecatedID>`;
  assert.equal(again.code === 'ok' && again.xml, done.xml.replace(`<orx:instanceID>${filling.instanceID}</orx:instanceID>`, meta));
  const third = start(compiled, { edit: edited.xml(), instanceID: 'uuid:newer' });
  assert.ok(third.xml().includes('<orx:instanceID>uuid:newer</orx:instanceID><orx:deprecatedID>uuid:new</orx:deprecatedID>'));
  for (const [xml, code] of [['<data', 'xml'], ['', 'xml'], ['<data></other>', 'xml'], ['<other/>', 'form'], ['<data id="g"/>', 'form']]) {
    assert.throws(() => start(compiled, { edit: xml }), { code }, xml);
  }
});

test('an edited submission keeps a group that was hidden, with its defaults', async () => {
  const compiled = await form({
    survey: [
      'type | name | label | relevant | default', 'text | a | A | |', 'begin_group | g | G | ${a} = "x" |',
      'integer | b | B | | 7', 'begin_repeat | r | R | |', 'text | c | C | |', 'end_repeat | | | |', 'end_group | | | |',
    ],
  });
  const filling = start(compiled, { edit: '<data id="f" version="1"><a>y</a><meta><instanceID>uuid:old</instanceID></meta></data>', instanceID: 'uuid:new' });
  assert.deepEqual(seen(filling), ['question /data/a']);
  filling.set('/data/a', 'x');
  assert.equal(filling.value('/data/g/b'), '7');
  assert.equal(filling.get('/data/g/r[1]')?.count, 1);
});

test('an edited submission has the instances it had, also none', async () => {
  const compiled = await form(FAMILY);
  const edit = '<data id="f"><who>Mẩy</who><home/><n>0</n></data>';
  const filling = start(compiled, { edit });
  assert.equal(filling.questions().find((q) => q.kind === 'repeat')?.count, 0);
  assert.equal(filling.value('/data/n'), '0');
});

test('findings of others show until they are answered', async () => {
  const filling = start(await form(FAMILY));
  filling.mark([{ ref: '/data/who', code: 'reviewer', message: 'Xem lại' }, { ref: '/data/nowhere', code: 'x', message: 'y' }]);
  assert.deepEqual(filling.get('/data/who')?.error, { code: 'reviewer', message: 'Xem lại', value: '' });
  filling.set('/data/who', 'Mẩy');
  assert.equal(filling.get('/data/who')?.error, null);
});

test('an entity keeps its id when the submission that made it is edited', async () => {
  const compiled = await form({
    survey: ['type | name | label | save_to', 'text | a | A | prop'],
    entities: ['dataset | label', "houses | concat('Nhà ', ${a})"],
  });
  const filling = start(compiled, { entropy: 9n });
  filling.set('/data/a', 'x');
  const done = filling.finish();
  assert.ok(done.code === 'ok');
  const [made, id] = /<entity dataset="houses" create="1" id="([0-9a-f-]{36})"><label>Nhà x<\/label><\/entity>/.exec(done.xml) ?? [];
  assert.ok(made && id, done.xml);
  const edited = start(compiled, { edit: done.xml, instanceID: 'uuid:new', entropy: 10n });
  edited.set('/data/a', 'y');
  assert.ok(edited.xml().includes(made.replace('Nhà x', 'Nhà y')), edited.xml());
  const again = start(compiled, { restore: JSON.parse(JSON.stringify(edited.snapshot())) });
  assert.ok(again.xml().includes(`id="${id}"`));
});

test('the submission saved last can be looked at', async () => {
  const compiled = await form({ survey: ['type | name | label | default', 'text | a | A | ${last-saved#a}'] });
  const [{ id }] = compiled.json.externals ?? [];
  const filling = start(compiled, { tables: { [id]: /** @type {any} */ (readXml('<data id="f"><a>lần trước</a></data>')) } });
  assert.equal(filling.value('/data/a'), 'lần trước');
  assert.equal(start(compiled).value('/data/a'), '');
});

test('choices are filtered, and found in large tables by an index', async () => {
  const compiled = await form({
    survey: [
      'type | name | label | choice_filter | calculation', 'text | v | Thôn | |',
      'select_one_from_file households.csv | h | Hộ | village = ${v} and poor != "x" |',
      "calculate | head | | | instance('households')/root/item[name = ${h}]/head",
    ],
  });
  const rows = ['name,label,village,head,poor'];
  for (let i = 0; i < 5000; i++) rows.push(`h${i},"Hộ ""${i}"", nhà",v${i % 50},Chủ ${i},${i % 100 === 7 ? 'x' : ''}`);
  const households = readCsv(`${rows.join('\r\n')}\r\n`);
  const filling = start(compiled, { tables: { households } });
  assert.deepEqual(filling.get('/data/h')?.choices?.(), []);
  filling.set('/data/v', 'v7');
  const choices = filling.get('/data/h')?.choices?.() ?? [];
  assert.equal(choices.length, 50);
  assert.deepEqual(choices[0], { value: 'h57', label: 'Hộ "57", nhà', media: {} });
  assert.equal(filling.set('/data/h', 'h7').code, 'choice');
  assert.equal(filling.set('/data/h', 'h8').code, 'choice');
  assert.equal(filling.set('/data/h', 'h4957').code, 'ok');
  assert.equal(filling.value('/data/head'), 'Chủ 4957');
});

test('an order by chance stays the same while a form is filled', async () => {
  const compiled = await form({
    survey: ['type | name | label | parameters', 'select_one l | a | A | randomize=true', 'select_one l | b | B | randomize=true, seed=42', 'text | t | T |'],
    choices: ['list_name | name | label', ...'abcdefgh'.split('').map((c) => `l | ${c} | ${c}`)],
  });
  const filling = start(compiled, { entropy: 5n });
  const order = (/** @type {string} */ ref, from = filling) => from.get(ref)?.choices?.().map((c) => c.value).join('');
  const before = [order('/data/a'), order('/data/b')];
  assert.notEqual(before[0], 'abcdefgh');
  filling.set('/data/t', 'x');
  assert.deepEqual([order('/data/a'), order('/data/b')], before);
  const other = start(compiled, { entropy: 6n });
  assert.notEqual(order('/data/a', other), before[0]);
  assert.equal(order('/data/b', other), before[1]);
});

test('what the phone knows goes in at the start and at the end', async () => {
  const compiled = await form({
    survey: ['type | name | label', 'start | s |', 'end | e |', 'today | t |', 'deviceid | d |', 'start-geopoint | here |', 'text | a | A'],
    settings: ['form_id | version | name | instance_name', "f | 1 | data | concat('Phiếu ', ${a})"],
  });
  let now = NOW;
  const filling = start(compiled, { clock: () => now });
  filling.give('start-geopoint', '22.7 104.05');
  filling.set('/data/a', 'x');
  now += 60_000;
  const done = filling.finish();
  assert.equal(filling.name(), 'Phiếu x');
  assert.ok(done.code === 'ok' && done.xml.includes('<s>2024-10-18T16:20:00.000+07:00</s><e>2024-10-18T16:21:00.000+07:00</e><t>2024-10-18</t><d>collect:JAVAROSA00000001</d><here>22.7 104.05 0.0 0.0</here>'));
});

test('the form of the household survey opens and lists what is asked', async () => {
  const json = compiled(read('shared/data/forms/household.md'));
  const tables = Object.fromEntries(['communes', 'villages', 'households'].map((id) => [id, readCsv(read(`tests/javarosa/${id}.csv`))]));
  const filling = new Filling(await load(json), { tables, clock: () => NOW, entropy: 1n, instanceID: 'uuid:1', language: 'vi' });
  for (const line of ['contact=met', 'respondent_relation=head', 'respondent_15=yes', 'interview_language=mong', 'interpreter=no', 'consent=full', 'commune=u0066', 'village=u0066.01', 'on_roster=yes']) {
    const [name, value] = line.split('=');
    assert.equal(filling.set(`/household/${name}`, value).code, 'ok', line);
  }
  const roster = filling.get('/household/household')?.choices?.() ?? [];
  assert.ok(roster.length > 3 && roster.every((c) => c.value.startsWith('u0066.01.') && c.label));
  filling.set('/household/household', roster[0].value);
  const items = filling.questions();
  assert.ok(items.every((q) => q.kind === 'repeat' || q.ref === filling.get(q.ref)?.ref));
  assert.ok(items.filter((q) => q.kind === 'question').every((q) => q.label), 'every question says what it asks');
});

test('what reads the number of instances through a field outside is worked out anew in every instance', async () => {
  const filling = start(await form({
    survey: [
      'type | name | label | calculation',
      'begin_repeat | p | Person | ',
      'text | name | Name | ',
      "calculate | of | | concat('of ', ${n})",
      'calculate | place | | position(..)',
      'end_repeat | | | ',
      'calculate | n | | count(${p})',
    ],
  }));
  const all = (/** @type {string} */ name) => [1, 2, 3].map((k) => filling.value(`/data/p[${k}]/${name}`));
  filling.addRepeat('/data/p');
  filling.addRepeat('/data/p');
  assert.deepEqual([all('of'), all('place')], [['of 3', 'of 3', 'of 3'], ['1', '2', '3']]);
  filling.removeRepeat('/data/p[1]');
  assert.deepEqual([all('of').slice(0, 2), all('place').slice(0, 2)], [['of 2', 'of 2'], ['1', '2']]);
});
