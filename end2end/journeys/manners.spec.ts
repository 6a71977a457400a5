// What pages do where script runs: menus, questions, passwords, colours, forms that are sent once.
import { becomeAlive } from '../checks/alive.ts';
import { plainFigures } from '../fixtures/files.ts';
import { expect, test } from '../fixtures/test.ts';
import { ImportPages } from '../pages/import.ts';
import { SignUpPage } from '../pages/sign_up.ts';

test('a menu closes with Escape, which leads back to its button, and when it is left', async ({ signedUp: { page, person } }) => {
  await becomeAlive(page);
  const button = page.getByLabel(`Account of ${person.name}`);
  const signOut = page.getByRole('button', { name: 'Sign out' });
  await button.click();
  await expect(signOut).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(signOut).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await expect(signOut).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(signOut).toBeHidden();
});

test('a chosen theme shows at once and is still there on the next page', async ({ page }) => {
  await page.goto('/method');
  await becomeAlive(page);
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveClass(/dark/);
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  await page.goto('/sign-in');
  await expect(page.locator('html')).toHaveClass(/dark/);
});

test('a password is shown on demand', async ({ page }) => {
  await page.goto('/sign-up');
  await becomeAlive(page);
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('seven wet ducks');
  await expect(password).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(password).toHaveAttribute('type', 'text');
  await expect(password).toHaveValue('seven wet ducks');
});

test('a form is sent once however often it is pressed, and what was refused leaves the address', async ({ page, person }) => {
  const form = new SignUpPage(page);
  await form.open();
  await becomeAlive(page);
  let sent = 0;
  page.on('request', (request) => {
    sent += request.method() === 'POST' ? 1 : 0;
  });
  await page.getByLabel('Your name').fill(person.name);
  await page.getByLabel('Work e-mail').fill(person.email);
  await page.getByLabel('Company').fill(person.company);
  await page.getByLabel('Password', { exact: true }).fill('too short');
  const busy = await page.getByRole('button', { name: 'Create account' }).evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
    return button.getAttribute('aria-busy');
  });
  expect(busy).toBe('true');
  await expect(page.getByText('Use at least 15 characters')).toBeVisible();
  expect(sent).toBe(1);
  await expect(page).toHaveURL(/\/sign-up$/);
});

test('a question stands above the page, is put away with Escape, and acts only when confirmed', async ({ signedUp: { page } }) => {
  const pages = new ImportPages(page);
  await pages.open();
  await pages.upload(plainFigures());
  await becomeAlive(page);
  await page.getByText('Discard…').click();
  const question = page.getByRole('dialog');
  await expect(question).toBeVisible();
  await expect(question.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await page.getByText('Discard…').click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await page.getByText('Discard…').click();
  await question.getByRole('button', { name: 'Delete file' }).click();
  await expect(page).toHaveURL(/\/data(\?|$)/);
});

test('an upload can be cancelled, and says so', async ({ signedUp: { page } }) => {
  const pages = new ImportPages(page);
  await pages.open();
  await becomeAlive(page);
  await page.route('**/data/upload', async () => {
    // Never answered: the file stays on its way.
  });
  await pages.choose(plainFigures());
  await page.getByRole('button', { name: 'Cancel upload' }).click();
  await expect(page.getByText('The upload was cancelled. Nothing was kept.')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText('The upload was cancelled')).toBeHidden();
});

test('a person signs up, looks around and signs out with the keyboard alone', async ({ page, person }) => {
  await page.goto('/sign-up');
  const reach = async (name: string, most = 60): Promise<void> => {
    for (let presses = 0; presses < most; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
        return `${label ?? ''} ${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`;
      });
      if (focused.includes(name)) {
        return;
      }
    }
    throw new Error(`The keyboard does not reach “${name}”`);
  };
  for (const [label, value] of [
    ['Your name', person.name],
    ['Work e-mail', person.email],
    ['Company', person.company],
    ['Password', person.password],
  ] as const) {
    await reach(label);
    await page.keyboard.type(value);
  }
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/w\//);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.reload();
  await reach('Data');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/data$/);
  await reach(person.name);
  await page.keyboard.press('Enter');
  await reach('Sign out');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('a page that takes its time says that it is on its way', async ({ page }) => {
  await page.goto('/');
  await becomeAlive(page);
  await page.route('**/method', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await route.continue();
  });
  // Noted by the page itself: nobody can ask it anything while it is being left.
  await page.evaluate(() => {
    const root = document.documentElement;
    const note = (): void => sessionStorage.setItem('said', String(root.hasAttribute('data-leaving')));
    new MutationObserver(note).observe(root, { attributeFilter: ['data-leaving'] });
  });
  await page.getByRole('link', { name: 'Method' }).first().click();
  await expect(page).toHaveURL(/\/method$/);
  expect(await page.evaluate(() => sessionStorage.getItem('said'))).toBe('true');
  await expect(page.locator('html[data-leaving]')).toHaveCount(0);
});
