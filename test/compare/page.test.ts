/** The page of a comparison in Debian's Chromium: no network, no error, names as text, as many lines and rows as there are, and it sorts. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { importanceOf } from '../../src/compare/importance.ts';
import { comparisonPage } from '../../src/compare/page.ts';
import { rowsOf, verdictOf } from '../../src/compare/rows.ts';
import type { Compared, ComparedTrial } from '../../src/compare/trials.ts';
import { folderWith } from '../file/folder.ts';

const BROWSER = '/usr/bin/chromium';
const EVIL = '<script>document.title = "taken"</script><img src=http://example.invalid/x onerror=alert(1)>';
const skip = existsSync(BROWSER) ? false : `${BROWSER} is not there: apt-get install chromium`;

/** 2 × 3 combinations, two seeds each; the last trial failed. */
function comparison() {
  const axes = [
    { name: EVIL, labels: ['a', EVIL], distribution: null },
    { name: 'rate', labels: ['0.1', '0.01', '10'], distribution: null },
  ];
  const trials = Array.from({ length: 12 }, (_, i): ComparedTrial => {
    const point = {
      [EVIL]: axes[0]!.labels[Math.floor(i / 6)]!,
      rate: axes[1]!.labels[Math.floor(i / 2) % 3]!,
    };
    const failed = i === 11;
    return {
      label: `${EVIL} ${i}`,
      point,
      seed: i % 2,
      status: failed ? 'failed' : 'done',
      reason: failed ? EVIL : null,
      metrics: null,
      metric: failed ? null : 0.3 + Math.sin(i * 7) / 10,
      curve: [1, 2, 3].map((epoch) => ({
        epoch,
        loss: 3 / epoch + i / 10,
        balancedAccuracy: epoch / 10 + i / 100,
      })),
      numerics: [1],
    };
  });
  const compared: Compared = {
    names: [EVIL],
    metric: { name: 'balancedAccuracy', head: null, direction: 'maximize' },
    axes,
    trials,
    folder: null,
  };
  const rows = rowsOf(compared);
  return { compared, rows, verdict: verdictOf(rows), importance: importanceOf(axes, rows) };
}

test('comparisonPage - in Chromium', { skip }, async (t) => {
  const html = await comparisonPage(comparison(), { at: new Date(0), command: `run compare ${EVIL}` });
  const folder = folderWith(t, { 'page.html': html });
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const wrong: string[] = [];
  page.on('console', (message) => wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('dialog', (dialog) => wrong.push(dialog.message()));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) wrong.push(request.url());
  });
  await page.goto(`file://${join(folder, 'page.html')}`);
  await page.waitForSelector('#effect-1 svg');
  await page.waitForSelector('#curves-balancedAccuracy .mark-line path');

  assert.equal(await page.title(), EVIL);
  assert.equal(await page.locator('h1').textContent(), EVIL);
  assert.equal(await page.locator('#parallel path.line').count(), 6);
  assert.equal(await page.locator('#rows tbody tr').count(), 6);
  for (const id of ['loss', 'balancedAccuracy'])
    assert.equal(await page.locator(`#curves-${id} .mark-line path`).count(), 12);
  assert.equal(await page.locator('.bar').count(), 3);
  assert.match((await page.locator('main').textContent())!, /Without a result.*11failed/s);

  const column = (n: number) =>
    page
      .locator(`#rows tbody td:nth-child(${n})`)
      .evaluateAll((cells) => cells.map(({ textContent }) => textContent));
  await page.locator('#rows th:nth-child(2) button').click();
  assert.deepEqual(await column(2), ['10', '10', '0.1', '0.1', '0.01', '0.01']);
  await page.locator('#rows th:nth-child(2) button').click();
  assert.deepEqual(await column(2), ['0.01', '0.01', '0.1', '0.1', '10', '10']);

  // The upper half of the first axis: three of the six combinations.
  const axis = (await page.locator('#parallel .catcher').first().boundingBox())!;
  const x = axis.x + axis.width / 2;
  await page.mouse.move(x, axis.y + 1);
  await page.mouse.down();
  await page.mouse.move(x, axis.y + axis.height / 2, { steps: 3 });
  await page.mouse.up();
  assert.equal(await page.locator('#parallel path.line.out').count(), 3);
  assert.equal(await page.locator('#rows tr.out').count(), 3);
  await page.mouse.click(x, axis.y + axis.height / 2);
  assert.equal(await page.locator('#parallel path.line.out').count(), 0);
  assert.deepEqual(wrong, []);
});
