// The main job: from a messy file to a report, and back.
import { readFile } from 'node:fs/promises';

import ExcelJS from 'exceljs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

import { audit } from '../checks/audit.ts';
import { holds } from '../checks/holds.ts';
import { messyFigures } from '../fixtures/files.ts';
import { expect, test } from '../fixtures/test.ts';
import { SettingsPage } from '../pages/settings.ts';
import { ImportPages } from '../pages/import.ts';

test('a founder goes from a messy file to a report and takes it all back', async ({ signedUp: { page, person } }) => {
  test.setTimeout(400_000);
  await new SettingsPage(page).describe({ industry: 'software', stage: 'seed' });

  const imports = new ImportPages(page);
  await imports.open();
  await holds(page, 'data-empty');
  await imports.upload(messyFigures());
  await expect(page.getByText('Semicolon', { exact: false }).first()).toBeVisible();
  await holds(page, 'format');
  await imports.continueToColumns();
  await expect(page.getByLabel('Metric of Churn MRR')).toHaveValue('-mrr_churn');
  await holds(page, 'map');
  await imports.check();
  await expect(page.getByText('Leave the cell empty if it is unknown').first()).toBeVisible();
  await holds(page, 'check');
  const rejected = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download rejected rows' }).click();
  expect(await readFile(await (await rejected).path(), 'utf8')).toContain('n/a');
  await imports.commit();
  await holds(page, 'imports');

  await page.getByRole('link', { name: 'See the dashboard' }).click();
  await expect(page).toHaveURL(/dashboard/);
  await expect(page.getByText('Annual recurring revenue').first()).toBeVisible();
  await holds(page, 'dashboard');

  await page.getByRole('link', { name: 'Where you stand', exact: true }).first().click();
  await expect(page.getByText('Published').first()).toBeVisible();
  await expect(page.locator('tbody tr th[scope=row]')).not.toHaveCount(0);
  expect(await page.locator('tbody tr th[scope=row]').count()).toBeGreaterThanOrEqual(8);
  await holds(page, 'standing-published');

  const workbook = page.waitForEvent('download');
  await page.goto(page.url().replace(/standing.*/, 'dashboard'));
  const address = page.url().replace(/dashboard.*/, 'figures.xlsx');
  await page.evaluate((href) => { location.href = href; }, address);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(await (await workbook).path());
  const sheet = book.worksheets[0];
  expect(sheet?.rowCount ?? 0).toBeGreaterThan(10);

  await page.goto(address.replace('figures.xlsx', 'reports'));
  await audit(page);
  await page.getByRole('button', { name: 'Create report' }).click();
  await expect(page.getByText('The report is made')).toBeVisible({ timeout: 60_000 });
  await holds(page, 'reports');
  const pdf = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download PDF' }).first().click();
  const bytes = await readFile(await (await pdf).path());
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  expect(document.numPages).toBeGreaterThanOrEqual(6);
  const first = await (await document.getPage(1)).getTextContent();
  expect(first.items.map((item) => ('str' in item ? item.str : '')).join(' ')).toContain(person.company);

  await imports.openHistory();
  await imports.undoLast();
  await expect(page.getByText('The import is undone')).toBeVisible();
  await page.goto(address.replace('figures.xlsx', 'dashboard'));
  await expect(page.getByRole('link', { name: /Upload/ }).first()).toBeVisible();
  await holds(page, 'dashboard-empty');
});

test('an import needs no JavaScript', async ({ plainPage, person }) => {
  test.setTimeout(120_000);
  const { SignUpPage } = await import('../pages/sign_up.ts');
  await new SignUpPage(plainPage).signUp(person);
  const imports = new ImportPages(plainPage);
  await imports.open();
  await imports.upload(messyFigures());
  await imports.continueToColumns();
  await imports.check();
  await imports.commit();
  await plainPage.getByRole('link', { name: 'See the dashboard' }).click();
  await expect(plainPage.getByText('Annual recurring revenue').first()).toBeVisible();
});

test('a file that is no CSV is refused beside its field and nothing is kept', async ({ signedUp: { page }, watch }) => {
  watch.tolerate(/422/);
  const imports = new ImportPages(page);
  await imports.open();
  await imports.choose({ name: 'figures.csv', mimeType: 'text/csv', buffer: Buffer.from('PK\u0003\u0004 xl/workbook.xml') });
  await expect(page.getByText(/Excel workbook|archive/).first()).toBeVisible();
  await audit(page);
});
