// Whoever runs the instance: becomes an administrator, looks after it, and breaks the glass only for a reason.
import { holds } from '../checks/holds.ts';
import { freshPerson } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';
import { SignUpPage } from '../pages/sign_up.ts';

test('an operator becomes an administrator, sees how the instance is, and looks into a workspace', async ({
  signedUp: { page },
  browser,
  watch,
}) => {
  // Nine pages in four appearances each.
  test.slow();
  watch.tolerate(/404/);
  const link = new URL(process.env['QUARTILE_E2E_ADMIN_LINK'] ?? '');
  const other = await browser.newContext();
  const theirs = await other.newPage();
  const company = { ...freshPerson(), name: 'Bob Owner' };
  await new SignUpPage(theirs).signUp(company);
  const slug = new URL(theirs.url()).pathname.split('/')[2] ?? '';
  await theirs.goto('/admin');
  await expect(theirs.getByRole('heading', { name: 'No such page' })).toBeVisible();

  await page.goto(link.pathname + link.search);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Run this instance');
  await holds(page, 'admin-claim');
  await page.getByRole('button', { name: 'Become an administrator' }).click();
  await expect(page).toHaveURL(/\/admin$/);
  await expect(page.getByRole('row', { name: /database/ })).toContainText('well');
  await holds(page, 'admin-health');

  for (const [name, heading, picture] of [
    ['People', 'People', 'admin-people'],
    ['Jobs', 'Jobs', 'admin-jobs'],
    ['Audit log', 'Audit log of the instance', 'admin-records'],
    ['Settings in force', 'Settings in force', 'admin-settings'],
    ['Blocks', 'Blocks', 'admin-blocks'],
  ] as const) {
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    await holds(page, picture);
  }
  await page.getByLabel('Network address').fill('203.0.113.77');
  await page.getByLabel('Reason').fill('Floods the sign-in page');
  await page.getByRole('button', { name: 'Shut out' }).click();
  await expect(page.getByRole('row', { name: /203\.0\.113\.77/ })).toBeVisible();
  await holds(page, 'admin-blocks-one');
  await page.getByRole('button', { name: 'Answer again' }).click();
  await expect(page.getByText('That place is answered again')).toBeVisible();

  await page.getByRole('link', { name: 'Workspaces', exact: true }).click();
  await page.getByLabel('A name').fill(slug);
  await page.getByRole('button', { name: 'Search' }).click();
  await holds(page, 'admin-workspaces');
  await page.getByRole('link', { name: 'Look inside…' }).click();
  await page.getByLabel('Reason').fill('because');
  await page.getByRole('button', { name: 'Look into it and tell the owners' }).click();
  await expect(page.getByText('Give the reason in 10 to 300 letters')).toBeVisible();
  await holds(page, 'admin-look');
  await page.getByLabel('Reason').fill('Support request 4711: the import hangs');
  await page.getByRole('button', { name: 'Look into it and tell the owners' }).click();
  await expect(page).toHaveURL(new RegExp(`/w/${slug}$`));
  await expect(page.getByText('You look into this workspace as an administrator')).toBeVisible();
  await holds(page, 'admin-inside');
  await theirs.goto(`/w/${slug}/audit`);
  await expect(theirs.getByText('Support request 4711')).toBeVisible();
  await page.getByRole('button', { name: 'Stop looking' }).click();
  await expect(page.getByText('You look into that workspace no more')).toBeVisible();

  await other.close();
});

test('a person takes everything along and goes', async ({ signedUp: { page } }) => {
  await page.getByRole('link', { name: 'Members' }).click();
  const archive = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download everything' }).click();
  expect((await archive).suggestedFilename()).toMatch(/-everything\.zip$/);
  await page.goto('/account');
  await holds(page, 'account-leaving');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download your data' }).click();
  expect((await download).suggestedFilename()).toBe('quartile-my-data.json');
  await page.getByText('Delete account…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete it now' }).click();
  await expect(page.getByText('Your account is deleted')).toBeVisible();
});
