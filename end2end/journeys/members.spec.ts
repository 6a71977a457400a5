// People are invited, get roles, and lose them.
import { holds } from '../checks/holds.ts';
import { freshPerson } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';
import { SignUpPage } from '../pages/sign_up.ts';

test('an owner invites somebody by link, changes the role and takes it away', async ({ signedUp: { page, person }, browser, watch }) => {
  watch.tolerate(/404/);
  await page.getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Members');
  await page.getByLabel('E-mail').fill('bob at example');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByText('“bob at example” is not an e-mail address')).toBeVisible();
  await page.getByLabel('E-mail').fill('');
  await page.getByLabel('Role', { exact: true }).selectOption('analyst');
  await page.getByRole('button', { name: 'Invite' }).click();
  const link = (await page.locator('code').textContent()) ?? '';
  expect(link).toContain('/invitation?link=');
  await holds(page, 'members');
  await page.reload();
  await expect(page.locator('code')).toHaveCount(0);

  const context = await browser.newContext();
  const theirs = await context.newPage();
  await theirs.goto(new URL(link).pathname + new URL(link).search);
  await expect(theirs.getByText(`${person.name} asks you to join`)).toBeVisible();
  await holds(theirs, 'invitation-stranger');
  const bob = { ...freshPerson(), name: 'Bob Member' };
  await new SignUpPage(theirs).signUp(bob);
  await theirs.goto(new URL(link).pathname + new URL(link).search);
  await holds(theirs, 'invitation');
  await theirs.getByRole('button', { name: /^Join/ }).click();
  await expect(theirs).toHaveURL(new RegExp(new URL(page.url()).pathname.replace('/members', '')));

  await page.reload();
  await page.getByLabel(`Role of ${bob.name}`).selectOption('viewer');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByText('The role is changed')).toBeVisible();
  await theirs.goto(new URL(page.url()).pathname.replace('/members', '/data'));
  await expect(theirs.getByText('You can look at files and download them')).toBeVisible();

  await page.getByText('Remove…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('does not belong to this workspace any more')).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByRole('heading', { name: 'No such workspace' })).toBeVisible();
  await context.close();

  await page.getByText('Delete workspace…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete in 14 days' }).click();
  await expect(page.getByText('This workspace will be deleted on')).toBeVisible();
  await holds(page, 'members-deletion');
  await page.getByRole('button', { name: 'Keep the workspace' }).click();
  await expect(page.getByText('The workspace stays')).toBeVisible();
});
