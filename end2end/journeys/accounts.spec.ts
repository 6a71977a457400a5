// People come in: with a password, with Google, and with mistakes.
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

test('a stranger signs in with Google and gets a workspace', async ({ page, provider, person }) => {
  await provider.signInNext({ sub: person.email, email: person.email, email_verified: true, name: person.name });
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with Google' }).click();
  await expect(page).toHaveURL(/\/w\//);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(person.name);
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

for (const fault of ['nonce', 'audience', 'issuer', 'expiry', 'signature', 'refusal'] as const) {
  test(`a sign-in whose token has a wrong ${fault} is refused`, async ({ page, provider, person }) => {
    await provider.signInNext({ sub: person.email, email: person.email, email_verified: true, name: person.name }, fault);
    await page.goto('/sign-in/google');
    await expect(page).toHaveURL(/\/sign-in\?problem=google-refused/);
    await expect(page.getByText('Google did not confirm the sign-in')).toBeVisible();
  });
}

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
