// Files about people: masked for everybody, and shown to whoever may see them and has just confirmed who they are.
import { readFile } from 'node:fs/promises';

import { holds } from '../checks/holds.ts';
import { peopleFile } from '../fixtures/files.ts';
import { freshPerson } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';
import { ImportPages } from '../pages/import.ts';
import { SignUpPage } from '../pages/sign_up.ts';

test('an owner sees people masked, and whole after confirming who it is, for one page', async ({ page, provider, person }) => {
  // Nobody was asked for a password, so nothing is confirmed yet.
  const google = { sub: person.email, email: person.email, email_verified: true, name: person.name };
  await provider.signInNext(google, 'silence');
  await page.goto('/sign-in/google');
  await expect(page).toHaveURL(/\/w\//);
  const imports = new ImportPages(page);
  await imports.open();
  await imports.upload(peopleFile());
  await expect(page.getByText('Personal data is masked')).toBeVisible();
  await expect(page.getByText('a***@n***.example', { exact: false }).first()).toBeVisible();
  await expect(page.getByText('ada@northlight.example')).toHaveCount(0);
  await expect(page.getByLabel('What E-mail says about people')).toHaveValue('email');
  await holds(page, 'personal-masked');

  const link = page.locator('a[href$="/original"]');
  await expect(link).toHaveCount(0);
  await page.getByRole('button', { name: 'Show it' }).click();
  await expect(page).toHaveURL(/\/account\/prove/);
  await provider.signInNext(google);
  await page.getByRole('link', { name: 'Confirm with Google' }).click();
  await expect(page.getByText('Personal data is shown')).toBeVisible();
  await expect(page.getByText('ada@northlight.example', { exact: false }).first()).toBeVisible();
  await holds(page, 'personal-shown');
  const original = page.waitForEvent('download');
  await link.click();
  expect(await readFile(await (await original).path(), 'utf8')).toBe(peopleFile().buffer.toString());
  await page.getByRole('link', { name: 'Mask it again' }).click();
  await expect(page.getByText('Personal data is masked')).toBeVisible();
  await expect(page.getByText('ada@northlight.example')).toHaveCount(0);
});

test('a viewer sees people masked only, and an analyst until the owner lets them', async ({ signedUp: { page }, browser, watch }) => {
  watch.tolerate(/403/);
  const imports = new ImportPages(page);
  await imports.open();
  await imports.upload(peopleFile());
  const file = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await page.getByRole('button', { name: 'Invite' }).click();
  const link = new URL((await page.locator('code').textContent()) ?? '');
  const context = await browser.newContext();
  const theirs = await context.newPage();
  const bob = { ...freshPerson(), name: 'Bob Member' };
  await new SignUpPage(theirs).signUp(bob);
  await theirs.goto(link.pathname + link.search);
  await theirs.getByRole('button', { name: /^Join/ }).click();
  await theirs.goto(file);
  await expect(theirs.getByText('Personal data is masked')).toBeVisible();
  await expect(theirs.getByRole('button', { name: 'Show it' })).toHaveCount(0);
  await holds(theirs, 'personal-viewer');
  await theirs.goto(`${file}?personal=shown`);
  await expect(theirs.getByText('You may not see personal data')).toBeVisible();
  await theirs.goto(file.replace('/format', '/map'));
  await expect(theirs.getByText('ada@northlight.example')).toHaveCount(0);

  await page.reload();
  await page.getByLabel(`Role of ${bob.name}`).selectOption('analyst');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByRole('button', { name: `Let see for ${bob.name}` }).click();
  await expect(page.getByText('The person may see personal data in files now')).toBeVisible();
  await holds(page, 'personal-members');
  // Whoever may do more signs in anew.
  await theirs.goto(file);
  await theirs.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await theirs.getByLabel('E-mail').fill(bob.email);
  await theirs.getByLabel('Password', { exact: true }).fill(bob.password);
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(theirs).toHaveURL(new RegExp(`${file}$`));
  await theirs.getByRole('button', { name: 'Show it' }).click();
  await expect(theirs.getByText('ada@northlight.example', { exact: false }).first()).toBeVisible();
  await context.close();
});
