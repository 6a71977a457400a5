// The company profile.
import { expect, type Page } from '@playwright/test';

export class SettingsPage {
  constructor(private readonly page: Page) {}

  /** Says what kind of company it is. */
  async describe(profile: { industry: string; stage: string }): Promise<void> {
    await this.page.getByRole('link', { name: 'Settings' }).click();
    await this.page.getByLabel('Industry').selectOption(profile.industry);
    await this.page.getByLabel('Stage').selectOption(profile.stage);
    await this.page.getByRole('button', { name: 'Save profile' }).click();
    await expect(this.page.getByText('The profile is saved')).toBeVisible();
  }
}
