import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { csvFormat } from '../../../src/predict/formats/csv.ts';
import { answers, options } from './answers.ts';

test('csvFormat - image, heads, error; what is not known is empty', () => {
  const { head, lines } = csvFormat(options);
  assert.equal(head, 'image,colour,colour_probability,hat,hat_probability,error\n');
  assert.equal(
    lines(answers),
    '"a ""b"", c.jpg",green,0.699999988,,0.5,\nbad.png,,,,,the file ends before the image does\n',
  );
});

test('csvFormat - more classes than a head has leave cells empty; features are columns', () => {
  const { head, lines } = csvFormat({ ...options, top: 3, features: 2 });
  const rows = parse(head + lines(answers), { columns: true }) as Record<string, string>[];
  assert.deepEqual(
    { ...rows[0] },
    {
      image: 'a "b", c.jpg',
      colour: 'green',
      colour_probability: '0.699999988',
      colour_2: 'blue',
      colour_2_probability: '0.200000003',
      colour_3: 'red',
      colour_3_probability: '0.100000001',
      hat: '',
      hat_probability: '0.5',
      hat_2: 'yes, it has',
      hat_2_probability: '0.5',
      hat_3: '',
      hat_3_probability: '',
      feature_0: '1.5',
      feature_1: '-0.100000001',
      error: '',
    },
  );
  assert.deepEqual(
    Object.entries(rows[1]!).filter(([, cell]) => cell !== ''),
    [
      ['image', 'bad.png'],
      ['error', 'the file ends before the image does'],
    ],
  );
});

test('csvFormat - nine digits bring every float32 back', () => {
  const { lines } = csvFormat(options);
  const values = Float32Array.from({ length: 500 }, (_, i) => Math.abs(Math.sin(i)) * 10 ** -(i % 9));
  for (const value of values) {
    const [answer] = answers;
    const heads = { ...answer!.heads, colour: { ...answer!.heads!.colour!, probability: value } };
    const text = lines([{ ...answer!, image: 'x', heads }]).split(',')[2]!;
    assert.equal(Math.fround(Number(text)), value);
  }
});
