// Before the first journey: an empty folder for pictures, and a program that answers.
import { mkdir, rm } from 'node:fs/promises';

import { picturesFolder } from './checks/pictures.ts';
import { programUrl, providerUrl } from './environment.ts';

export default async function prepare(): Promise<void> {
  await rm(picturesFolder, { recursive: true, force: true });
  await mkdir(picturesFolder, { recursive: true });
  await expectAnswer(`${programUrl}/health/ready`);
  await expectAnswer(`${providerUrl}/.well-known/openid-configuration`);
}

async function expectAnswer(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url} answers with ${response.status}`);
  }
}
