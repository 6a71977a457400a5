// The pages of data: upload, format, columns, check, history.
import { expect, type Page } from '@playwright/test';

export interface BroughtFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export class ImportPages {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.getByRole('link', { name: 'Data', exact: true }).first().click();
    await expect(this.page).toHaveURL(/\/data$/);
  }

  /** Chooses a file and sends it. */
  async choose(file: BroughtFile): Promise<void> {
    await this.page.locator('input[type=file]').setInputFiles(file);
    await this.page.getByRole('button', { name: 'Upload file' }).click();
  }

  /** Uploads a file and waits for the next step. */
  async upload(file: BroughtFile): Promise<void> {
    await this.choose(file);
    await expect(this.page).toHaveURL(/\/format/, { timeout: 30_000 });
  }

  async continueToColumns(): Promise<void> {
    await this.page.getByRole('button', { name: 'Continue to columns' }).first().click();
    await expect(this.page).toHaveURL(/\/map/, { timeout: 30_000 });
  }

  async check(): Promise<void> {
    await this.page.getByRole('button', { name: /^Check \d/ }).first().click();
    await expect(this.page).toHaveURL(/\/check/);
  }

  async commit(): Promise<void> {
    await this.page.getByRole('button', { name: /^Commit [\d,]+ value/ }).first().click();
    await expect(this.page).toHaveURL(/\/imports/);
  }

  async openHistory(): Promise<void> {
    await this.open();
    await this.page.getByRole('link', { name: 'Imports' }).click();
  }

  async undoLast(): Promise<void> {
    await this.page.getByText('Undo…').first().click();
    await this.page.getByRole('button', { name: 'Undo import' }).first().click();
  }
}
