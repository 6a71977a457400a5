// People come in: with a password, with Google, and with mistakes.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { holds } from '../checks/holds.ts';
import { expect, test } from '../fixtures/test.ts';
import { SignUpPage } from '../pages/sign_up.ts';

test('every wrong field of the sign-up form gets its own sentence and nothing typed is lost', async ({ page, person, watch }) => {
  watch.tolerate(/422/);
  const form = new SignUpPage(page);
  await form.open();
  await form.submit({ ...person, email: 'ada at example', password: 'too short' });
  await expect(page.getByText('“ada at example” is not an e-mail address')).toBeVisible();
  await expect(page.getByText('Use at least 15 characters')).toBeVisible();
  await expect(page.getByLabel('Your name')).toHaveValue(person.name);
  await expect(page.getByLabel('Work e-mail')).toHaveValue('ada at example');
  await holds(page, 'sign-up-refused');
});

test('the sign-up form keeps what was typed without JavaScript too', async ({ plainPage, person }) => {
  const form = new SignUpPage(plainPage);
  await form.open();
  await form.submit({ ...person, password: 'too short' });
  await expect(plainPage.getByText('Use at least 15 characters')).toBeVisible();
  await expect(plainPage.getByLabel('Your name')).toHaveValue(person.name);
  await expect(plainPage.getByLabel('Work e-mail')).toHaveValue(person.email);
  await form.submit(person);
  await expect(plainPage).toHaveURL(/\/w\//);
});

test('a person signs out and in again', async ({ signedUp: { page, person }, watch }) => {
  watch.tolerate(/422/);
  await page.getByLabel(`Account of ${person.name}`).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goto('/sign-in');
  await holds(page, 'sign-in');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('not the right one');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('This address and password do not belong together')).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/w\//);
});

test('a forgotten password is replaced with the link in a message', async ({ signedUp: { page, person } }) => {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Password forgotten?' }).click();
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('a message with a link is on its way')).toBeVisible();
  await holds(page, 'forgotten-password');
  const folder = (await page.locator('code').textContent()) ?? '';
  await page.goto(await linkTo(person.email, folder));
  await page.getByLabel('New password').fill('nine dry geese in a field');
  await holds(page, 'reset-password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('Your new password is set')).toBeVisible();
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('nine dry geese in a field');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/w\//);
});

/** The path of the link in the message to an address, once the message is there. */
async function linkTo(email: string, folder: string): Promise<string> {
  let path = '';
  await expect
    .poll(async () => {
      const names = await readdir(folder).catch(() => []);
      const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      const text = texts.find((mail) => mail.includes(`To: ${email}`))?.replaceAll('=\r\n', '').replaceAll('=3D', '=');
      path = text?.match(/https?:\/\/[^/\s]+(\/\S+\?link=\S+)/)?.[1] ?? '';
      return path;
    })
    .not.toBe('');
  return path;
}

test('a person sees every device and signs out everywhere', async ({ signedUp: { page, person }, browser }) => {
  const other = await browser.newPage();
  await other.goto('/sign-in');
  await other.getByLabel('E-mail').fill(person.email);
  await other.getByLabel('Password', { exact: true }).fill(person.password);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other).toHaveURL(/\/w\//);

  await page.getByLabel(`Account of ${person.name}`).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByText('this device')).toBeVisible();
  await holds(page, 'account');
  await page.goto('/account/prove?next=/account');
  await holds(page, 'account-prove');
  await page.getByLabel('Your password').fill(person.password);
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(page).toHaveURL(/\/account$/);
  await page.getByText('Sign out everywhere…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByText('You are signed out everywhere')).toBeVisible();
  await other.reload();
  await expect(other.getByRole('heading', { name: 'Sign in to see this page' })).toBeVisible();
  await other.close();
});

test('the pages that follow a sign-up by message hold', async ({ page }) => {
  for (const [path, name] of [['/sign-up/sent', 'sign-up-sent'], ['/sign-up/confirm?link=x', 'sign-up-confirm']] as const) {
    await page.goto(path);
    await holds(page, name);
  }
});

test('a stranger signs in with Google and gets a workspace', async ({ page, provider, person }) => {
  await provider.signInNext({ sub: person.email, email: person.email, email_verified: true, name: person.name });
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with Google' }).click();
  await expect(page).toHaveURL(/\/w\//);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('My company');
});

test('Google leads to where a person wanted to go', async ({ page, provider, person }) => {
  await provider.signInNext({ sub: person.email, email: person.email, email_verified: true, name: person.name });
  await page.goto('/sign-in?next=/w/demo-northlight/standing');
  await page.getByRole('link', { name: 'Sign in with Google' }).click();
  await expect(page).toHaveURL(/demo-northlight\/standing/);
});

test('Google cannot take over an account with a password', async ({ signedUp: { page, person }, provider }) => {
  await page.context().clearCookies();
  await provider.signInNext({ sub: `other-${person.email}`, email: person.email, email_verified: true, name: 'Somebody' });
  await page.goto('/sign-in/google');
  await expect(page.getByText('This e-mail address already has an account that is signed in to in another way')).toBeVisible();
});

test('an account with a password is connected to Google after proof of both', async ({ signedUp: { page, person }, provider }) => {
  const google = { sub: `google-${person.email}`, email: `private-${person.email}`, email_verified: true, name: person.name };
  const workspace = new URL(page.url()).pathname;
  await page.goto('/account');
  await provider.signInNext(google);
  await page.getByRole('link', { name: 'Connect Google' }).click();
  await expect(page.getByText('Google is connected')).toBeVisible();
  await holds(page, 'account-google');

  await page.context().clearCookies();
  await provider.signInNext(google);
  await page.goto('/sign-in/google');
  await expect(page).toHaveURL(new RegExp(`${workspace}$`));

  await page.goto('/account');
  await page.getByText('Disconnect Google…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  // Google was the proof when signing in, so it counts here too.
  await expect(page.getByText('Google is disconnected')).toBeVisible();
});

test('who one is can be confirmed with Google, by nobody else', async ({ page, provider, person }) => {
  const google = { sub: person.email, email: person.email, email_verified: true, name: person.name };
  await provider.signInNext(google);
  await page.goto('/sign-in/google');
  await expect(page).toHaveURL(/\/w\//);
  await provider.signInNext({ ...google, sub: 'somebody-else' });
  await page.goto('/account/prove?next=/account');
  await page.getByRole('link', { name: 'Confirm with Google' }).click();
  await expect(page.getByText('Google confirmed somebody else')).toBeVisible();
  await provider.signInNext(google);
  await page.goto('/account/prove?next=/account');
  await page.getByRole('link', { name: 'Confirm with Google' }).click();
  await expect(page).toHaveURL(/\/account$/);
});

test('a sign-in with Google that nobody was asked for a password for is no proof', async ({ page, provider, person }) => {
  const google = { sub: person.email, email: person.email, email_verified: true, name: person.name };
  await provider.signInNext(google, 'silence');
  await page.goto('/sign-in/google');
  await expect(page).toHaveURL(/\/w\//);
  await page.goto(`${new URL(page.url()).pathname}/keys`);
  await page.getByLabel('Name').fill('Billing');
  await page.getByLabel('metrics:read').check();
  await page.getByRole('button', { name: 'Make key' }).click();
  await expect(page).toHaveURL(/\/account\/prove/);
});

test('an answer of Google that nobody asked for here is refused, with the way back', async ({ page, provider, person, watch }) => {
  watch.tolerate(/400/);
  await provider.signInNext({ sub: person.email, email: person.email, email_verified: true, name: person.name });
  await page.goto('/sign-in/google');
  await expect(page).toHaveURL(/\/w\//);
  await page.context().clearCookies();
  const answer = await page.goto('/sign-in/google/callback?code=used&state=used');
  expect(answer?.status()).toBe(400);
  await expect(page.getByText('This sign-in took too long, was used already, or was started in another window.')).toBeVisible();
  await page.getByRole('link', { name: 'Start again' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
});

for (const fault of ['nonce', 'audience', 'issuer', 'expiry', 'signature', 'refusal', 'party', 'age'] as const) {
  test(`a sign-in whose token has a wrong ${fault} is refused`, async ({ page, provider, person }) => {
    await provider.signInNext({ sub: person.email, email: person.email, email_verified: true, name: person.name }, fault);
    await page.goto('/sign-in/google');
    await expect(page).toHaveURL(/\/sign-in\?problem=google-refused/);
    await expect(page.getByText('Google did not confirm the sign-in')).toBeVisible();
  });
}

test('a person makes another workspace and changes between the two', async ({ signedUp: { page, person }, watch }) => {
  watch.tolerate(/422/);
  const first = new URL(page.url()).pathname;
  const another = `Birch ${person.company}`;
  await page.getByLabel(`Workspace ${person.company}, change`).click();
  await page.getByRole('link', { name: 'New workspace' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New workspace');
  await page.getByRole('button', { name: 'Make workspace' }).click();
  await expect(page.getByText('Enter the name of your company')).toBeVisible();
  await holds(page, 'new-workspace');
  await page.getByLabel('Company').fill(another);
  await page.getByRole('button', { name: 'Make workspace' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(another);
  await page.getByLabel(`Workspace ${another}, change`).click();
  await page.getByRole('link', { name: person.company, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${first}$`));
});

test('another workspace is made without JavaScript too', async ({ plainPage, person }) => {
  await new SignUpPage(plainPage).signUp(person);
  await plainPage.getByLabel(`Workspace ${person.company}, change`).click();
  await plainPage.getByRole('link', { name: 'New workspace' }).click();
  await plainPage.getByLabel('Company').fill(`Birch ${person.company}`);
  await plainPage.getByRole('button', { name: 'Make workspace' }).click();
  await expect(plainPage.getByRole('heading', { level: 1 })).toHaveText(`Birch ${person.company}`);
});

test('the company profile is saved and reads back', async ({ signedUp: { page } }) => {
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Company profile');
  await page.getByLabel('Industry').selectOption('software');
  await page.getByLabel('Stage').selectOption('seed');
  await page.getByLabel('Founded').fill('2021');
  await page.getByLabel('People working there now').fill('25');
  await holds(page, 'settings');
  await page.getByRole('button', { name: 'Save profile' }).click();
  await expect(page.getByText('The profile is saved')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Founded')).toHaveValue('2021');
});
