// The sign-up page.
import { expect, type Page } from '@playwright/test';

import type { Person } from '../fixtures/people.ts';

export class SignUpPage {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.goto('/sign-up');
  }

  /** Fills in and sends the form. */
  async submit(person: Person): Promise<void> {
    await this.page.getByLabel('Your name').fill(person.name);
    await this.page.getByLabel('Work e-mail').fill(person.email);
    await this.page.getByLabel('Company').fill(person.company);
    await this.page.getByLabel('Password', { exact: true }).fill(person.password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
  }

  /** Signs up and waits for the workspace. */
  async signUp(person: Person): Promise<void> {
    await this.open();
    await this.submit(person);
    await expect(this.page).toHaveURL(/\/w\//);
  }
}
