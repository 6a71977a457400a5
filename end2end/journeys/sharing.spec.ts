// A report is seen by those who make reports, and by whomever one of them lets see it.
import { holds } from '../checks/holds.ts';
import { plainFigures } from '../fixtures/files.ts';
import { freshPerson } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';
import { ImportPages } from '../pages/import.ts';
import { SignUpPage } from '../pages/sign_up.ts';

test('a viewer sees the reports that somebody shares, and no others', async ({ signedUp: { page }, browser, watch }) => {
  test.slow();
  watch.tolerate(/404/);
  const home = new URL(page.url()).pathname;
  const imports = new ImportPages(page);
  await imports.open();
  await imports.upload(plainFigures());
  await imports.continueToColumns();
  await imports.check();
  await imports.commit();
  await page.goto(`${home}/reports`);
  await page.getByRole('button', { name: 'Create report' }).click();
  await expect(page.getByText('The report is made')).toBeVisible({ timeout: 60_000 });

  await page.getByRole('link', { name: 'Share', exact: true }).click();
  await expect(page.getByText('Nobody in this workspace is a viewer')).toBeVisible();
  const share = page.url();
  await holds(page, 'share-nobody');

  await page.goto(`${home}/members`);
  await page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await page.getByRole('button', { name: 'Invite' }).click();
  const link = new URL((await page.locator('code').textContent()) ?? '');
  const context = await browser.newContext();
  const theirs = await context.newPage();
  const bob = { ...freshPerson(), name: 'Bob Viewer' };
  await new SignUpPage(theirs).signUp(bob);
  await theirs.goto(link.pathname + link.search);
  await theirs.getByRole('button', { name: /^Join/ }).click();
  await theirs.goto(`${home}/reports`);
  await expect(theirs.getByText('Reports that somebody shares with you are listed here')).toBeVisible();
  await holds(theirs, 'reports-viewer-none');

  await page.goto(share);
  await page.getByLabel(`What ${bob.name} may do`).selectOption('read');
  await page.getByRole('row', { name: bob.name }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. It holds')).toBeVisible();
  await holds(page, 'share');
  await theirs.reload();
  const file = theirs.waitForEvent('download');
  await theirs.getByRole('link', { name: 'Download PDF' }).click();
  expect((await file).suggestedFilename()).toMatch(/^benchmark-report-.*\.pdf$/);
  await expect(theirs.getByText('Remove…')).toHaveCount(0);
  await holds(theirs, 'reports-viewer');
  // Sharing on is not theirs.
  await theirs.goto(share);
  await expect(theirs.getByText('may not create, share or remove reports')).toBeVisible();

  await page.getByLabel(`What ${bob.name} may do`).selectOption('none');
  await page.getByRole('row', { name: bob.name }).getByRole('button', { name: 'Save' }).click();
  await theirs.goto(`${home}/reports`);
  await expect(theirs.getByRole('link', { name: 'Download PDF' })).toHaveCount(0);
  await page.getByLabel('Everybody in this workspace').check();
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByText('Saved. It holds')).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByRole('link', { name: 'Download PDF' })).toBeVisible();
  await context.close();
});
